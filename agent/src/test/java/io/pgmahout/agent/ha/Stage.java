package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.Incarnation;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.SwitchoverRequest;
import io.pgmahout.agent.model.TakeoverRule;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.Voter;
import io.pgmahout.agent.model.VoterId;
import io.pgmahout.agent.model.WriteId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Commands that set the scene: members, their data and servers, the record. */
final class Stage {
    private static final List<Branch> HISTORY = List.of(
            new Branch(new Term(1), new Timeline(1), Lsn.ZERO),
            new Branch(new Term(3), new Timeline(2), Lsn.parse("0/3000")));
    private static final Lsn END = Lsn.parse("0/5000");
    private static final long SETTLE_MS = 4_000;

    private final Story story;
    private int writes;

    Stage(Story story) {
        this.story = story;
    }

    /** A cluster that runs: the first named leads term 3, the others stream from it. */
    void cluster(Script.Line line) {
        List<String> names = line.words();
        story.store.put(first(names));
        for (String name : names) {
            StoryMember member = add(name);
            boolean primary = name.equals(names.getFirst());
            member.server.hold(HISTORY, END, !primary);
            member.disk = member.disk.knows(StoryServer.SYSTEM);
            member.server.run(primary);
            member.server.following = primary ? null : new MemberName(names.getFirst());
            member.server.permitMs = primary ? story.nowMs + 10_000 : 0;
        }
        story.surroundings().servers.streams();
        names.forEach(name -> story.start(story.member(name)));
        story.pass(SETTLE_MS);
        story.begin();
        tellMembers();
    }

    private static ClusterRecord first(List<String> names) {
        String holder = names.getFirst();
        return new ClusterRecord(
                "demo",
                StoryServer.SYSTEM,
                new Term(3),
                new Holder.Held(
                        new MemberName(holder), new Incarnation("g-" + holder + "1"), new DataId("d-" + holder)),
                1,
                15_000,
                TakeoverRule.TTL,
                voters(String.join(",", names)),
                HISTORY,
                false,
                null,
                new WriteId("set-up.0"));
    }

    private static List<Voter> voters(String names) {
        return Arrays.stream(names.split(",", -1))
                .map(name -> new Voter(new VoterId("v-" + name), new MemberName(name)))
                .toList();
    }

    private StoryMember add(String name) {
        StoryMember member = new StoryMember(new MemberName(name));
        story.members.put(member.name, member);
        return member;
    }

    /** {@code member d [nofailover] [guest] [adopter] [priority=5] [lease=750] [promised=3] [knows=7000]}: no agent yet, an empty directory. */
    void member(Script.Line line) {
        StoryMember member = add(line.word(0));
        member.nofailover = line.says("nofailover");
        member.forms = line.says("guest") ? Forms.NEVER : line.says("adopter") ? Forms.FROM_DATA : Forms.ANYHOW;
        member.priority = (int) line.number("priority", 0);
        member.disk = new VoterFile(
                new VoterId("v-" + line.word(0)),
                new Term(line.number("promised", 0)),
                line.number("lease", 750),
                line.options().get("knows"));
        server(line);
    }

    /** The machine is on again: a new gate, an agent; the server is down. */
    void boot(StoryMember member) {
        member.machineOff = false;
        member.server.reborn();
        story.start(member);
    }

    /** {@code server b data end=0/4000 branches=1:1,2:2 [primary|standby] [running] [clean]}: the facts, changed. */
    void server(Script.Line line) {
        StoryMember member = story.member(line.word(0));
        StoryServer server = member.server;
        if (line.says("data")) {
            List<Branch> history = story.store.stored() == null
                    ? HISTORY
                    : story.store.record().history().isEmpty()
                            ? HISTORY
                            : story.store.record().history();
            server.hold(history, END, !line.says("primary"));
        }
        line.options().forEach((key, value) -> set(member, key, value));
        for (String word : line.words()) {
            flag(server, word);
        }
        if (line.says("running")) {
            server.run(!server.standbyFiles);
        }
        if (line.verb().equals("server")) {
            story.surroundings().servers.report(member);
        }
    }

    private static void flag(StoryServer server, String word) {
        switch (word) {
            case "clean" -> server.clean = true;
            case "primary" -> server.standbyFiles = false;
            case "stopping" -> server.process = GateFacts.Processes.STOPPING;
            case "frozen" -> server.process = GateFacts.Processes.FROZEN;
            case "standby" -> server.standbyFiles = true;
            case "lags" -> server.lags = true;
            case "terminates" -> server.terminating = true;
            case "mute" -> server.answers = false;
            case "answers" -> server.answers = true;
            case "unsure" -> server.knowsPosition = false;
            case "sure" -> server.knowsPosition = true;
            case "unlooked" -> server.unlooked = true;
            case "startless" -> server.tellsStart = false;
            case "starts" -> server.tellsStart = true;
            default -> {}
        }
    }

    private static void set(StoryMember member, String key, String value) {
        StoryServer server = member.server;
        switch (key) {
            case "end" -> server.flushed = Lsn.parse(value);
            case "data" -> server.data = new DataId(value);
            case "begins" -> server.branchStart = Lsn.parse(value);
            case "content" -> {
                server.content = DataFacts.Content.valueOf(value.toUpperCase(Locale.ROOT));
                server.problem = server.content == DataFacts.Content.FOREIGN ? "it is owned by root" : null;
            }
            case "system" -> server.system = value;
            case "timeline" -> server.timeline = new Timeline(Integer.parseInt(value));
            case "controls" -> server.controls = new Timeline(Integer.parseInt(value));
            case "never" -> server.neverMade = new Timeline(Integer.parseInt(value));
            case "next" -> server.next = new Timeline(Integer.parseInt(value));
            case "following" -> server.following = value.equals("none") ? null : new MemberName(value);
            case "problem" -> server.sourceProblem = value;
            case "branches" -> branches(server, value);
            case "permit" -> server.permitMs = Long.parseLong(value);
            case "incarnation" -> server.reborn();
            default -> {}
        }
    }

    /** {@code term:timeline,…}, or none. */
    private static void branches(StoryServer server, String text) {
        server.branches.clear();
        if (!text.equals("none")) {
            server.note(history(text));
            server.data = server.data == null ? new DataId("d-" + server.name) : server.data;
        }
    }

    /** {@code term:timeline[@start],…}. */
    private static List<Branch> history(String text) {
        List<Branch> branches = new ArrayList<>();
        for (String one : text.split(",", -1)) {
            int at = one.indexOf('@');
            String[] parts = (at < 0 ? one : one.substring(0, at)).split(":", -1);
            branches.add(new Branch(
                    new Term(Long.parseLong(parts[0])),
                    new Timeline(Integer.parseInt(parts[1])),
                    at < 0 || one.endsWith("@?") ? null : Lsn.parse(one.substring(at + 1))));
        }
        return branches;
    }

    /**
     * {@code record term=4 holder=b takeover=ttl voters=a,b history=1:1@0/0 [paused] [unidentified]}: by another hand.
     * {@code record removed}, {@code record back}: deleted, and put back as it was. {@code record forgotten}: there is another
     * store, an empty one.
     */
    void record(Script.Line line) {
        if (line.says("removed")) {
            story.store.remove();
            return;
        }
        if (line.says("forgotten")) {
            story.store.forget();
            return;
        }
        if (line.says("back")) {
            story.watchShows(story.store.putBack());
            return;
        }
        if (line.words().isEmpty() && line.options().isEmpty()) {
            story.say(story.store.stored() == null ? "(no record)" : Words.record(story.store.record()));
            return;
        }
        ClusterRecord base = story.store.stored() == null ? first(List.of("a")) : story.store.record();
        ClusterRecord.Draft draft = base.draft();
        line.options().forEach((key, value) -> {
            switch (key) {
                case "term" -> draft.term(new Term(Long.parseLong(value)));
                case "holder" -> draft.holder(holder(value));
                case "named" ->
                    draft.holder(new Holder.Named(
                            new MemberName(value),
                            Objects.requireNonNull(
                                    Strangers.position(line.options().get("end")))));
                case "takeover" -> draft.takeover(TakeoverRule.valueOf(value.toUpperCase(Locale.ROOT)));
                case "voters" -> draft.voters(voters(value));
                case "history" -> draft.history(value.equals("none") ? List.of() : history(value));
                case "switchover" ->
                    draft.switchover(value.equals("none") ? null : new SwitchoverRequest("x", new MemberName(value)));
                default -> {}
            }
        });
        if (line.says("released")) {
            draft.holder(new Holder.Released(Strangers.position(line.options().get("end"))));
        }
        if (line.says("paused")) {
            draft.paused(true);
        }
        ClusterRecord record = draft.as(new WriteId("hand." + ++writes));
        if (line.says("unidentified")) {
            record = new ClusterRecord(
                    record.cluster(),
                    null,
                    record.term(),
                    record.holder(),
                    record.renewal(),
                    record.leaseDurationMs(),
                    record.takeover(),
                    record.voters(),
                    List.of(),
                    false,
                    null,
                    record.writeId());
        }
        story.say(Words.record(record));
        story.watchShows(story.store.put(record));
    }

    /** {@code b}, or {@code b/g-b7} for a certain life of its gate, or {@code b/g-b7/d-x} for certain data. */
    private Holder holder(String text) {
        String[] parts = text.split("/", -1);
        MemberName name = new MemberName(parts[0]);
        StoryMember member = story.members.get(name);
        Incarnation life = parts.length > 1
                ? new Incarnation(parts[1])
                : member == null ? new Incarnation("g-" + name + "1") : member.server.incarnation();
        return new Holder.Held(name, life, new DataId(parts.length > 2 ? parts[2] : "d-" + name));
    }

    /** {@code wal a 0/6000}: the primary writes, whoever streams receives. */
    void wal(Script.Line line) {
        StoryMember member = story.member(line.word(0));
        member.server.flushed = Lsn.parse(line.word(1));
        story.surroundings().servers.probe(member);
        story.surroundings().servers.streams();
    }

    /** {@code configure b [nofailover] [priority=3]}: the configuration was read again. */
    void configure(Script.Line line) {
        StoryMember member = story.member(line.word(0));
        member.priority = (int) line.number("priority", member.priority);
        member.nofailover = line.says("nofailover");
        story.event(member, new Event.Reconfigured(member.priority, member.nofailover, member.tuning));
    }

    /** {@code tuning b cold-start-wait=2000 switchover-timeout=3000 slot-retention=5000 failsafe=0}: from the agent's next start. */
    void tuning(Script.Line line) {
        StoryMember member = story.member(line.word(0));
        Tuning now = Tuning.DEFAULT;
        member.tuning = new Tuning(
                now.peerLeaseMs(),
                now.peerLeaseMaxMs(),
                now.clockDrift(),
                now.marginMs(),
                now.leaseDurationMs(),
                now.dropAfterMs(),
                line.number("cold-start-wait", now.coldStartWaitMs()),
                line.number("switchover-timeout", now.switchoverTimeoutMs()),
                now.maxLagBytes(),
                now.crashHandoverMs(),
                line.number("salvage-limit", now.salvageLimitBytes()),
                line.number("salvage-timeout", now.salvageTimeoutMs()),
                line.number("slot-retention", now.slotRetentionMs()),
                line.number("failsafe", now.failsafeLeaseMs()));
    }

    void tellMembers() {
        for (StoryMember member : story.members.values()) {
            if (member.state == null) {
                story.say("%s: no agent, server %s".formatted(member.name, member.server.process));
                continue;
            }
            StoryServer server = member.server;
            story.say("%s: %s%s, %s%s; rules %s"
                    .formatted(
                            member.name,
                            server.process,
                            server.writable() ? " writable" : "",
                            server.position() == null ? "no position" : server.position(),
                            server.writable() ? ", permit until " + story.shown(server.permitMs) : "",
                            member.state.verdicts().stream().map(Verdict::label).toList()));
        }
        if (story.store.stored() != null) {
            story.say("record: " + Words.record(story.store.record()));
        }
    }
}
