package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Stored;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Carries out what cores want done, tells it, and answers them. */
final class Surroundings {
    private static final Set<Class<? extends Message>> QUIET_MESSAGES = Set.of(
            Message.Heartbeat.class, Message.HeartbeatAck.class, Message.Report.class, Message.ReportRequest.class);

    private static final long FENCE_HOLD_MS = 3_000;
    private static final long PROBE_EVERY_MS = 1_000;

    private final Story story;
    private final StoryActions actions;
    private long probedMs;

    /** Since when each frozen server is frozen. */
    private final Map<MemberName, Long> frozenMs = new HashMap<>();

    Surroundings(Story story) {
        this.story = story;
        actions = new StoryActions(story, this);
    }

    void carryOut(StoryMember member, AgentState before, Step step) {
        Writes.Pending waits = step.next().writes().prepared();
        if (waits != null && !waits.equals(before.writes().prepared())) {
            story.tell(member.name, "waits for the gate to write (%s)".formatted(waits.purpose()));
        }
        List<Effect> effects = step.effects();
        for (int i = 0; i < effects.size(); i++) {
            List<Effect.Send> sends = new ArrayList<>();
            while (i < effects.size()
                    && effects.get(i) instanceof Effect.Send send
                    && (sends.isEmpty() || sends.getFirst().message().equals(send.message()))) {
                sends.add(send);
                i++;
            }
            if (sends.isEmpty()) {
                carryOut(member, before, step.next(), effects.get(i));
            } else {
                send(member, sends);
                i--;
            }
        }
    }

    private void carryOut(StoryMember member, AgentState before, AgentState after, Effect effect) {
        switch (effect) {
            case Effect.CompareAndSet write -> write(member, before, after, write);
            case Effect.ReadRecord read -> {
                boolean routine =
                        after.verdicts().stream().noneMatch(verdict -> verdict.rule() == 204 || verdict.rule() == 311);
                boolean hushed = story.shown.contains("rule-204-once");
                tellIf(!routine && !hushed || story.shown.contains("routine"), member, "reads the record");
                member.waiting.add(read);
                if (member.store != StoryMember.StoreLink.HELD) {
                    story.later(() -> readEnds(member, reads(member)));
                }
            }
            case Effect.Send send -> send(member, List.of(send));
            case Effect.Persist persist -> {
                story.tell(
                        member.name,
                        "writes down: promised %s, greatest lease %d"
                                .formatted(
                                        persist.file().promised(),
                                        persist.file().greatestLeaseMs()));
                whenFree(member, "disk", effect);
            }
            case Effect.SetPermit permit -> {
                tellIf(
                        permit.confirm() || story.shown.contains("permits"),
                        member,
                        permit.deadlineMs() == 0
                                ? "takes the permit back"
                                : "permit until " + story.shown(permit.deadlineMs())
                                        + (permit.timeline() == null ? "" : ", timeline " + permit.timeline()));
                whenFree(member, "gate", effect);
            }
            case Effect.Act act -> {
                story.tell(member.name, Words.action(act.action()));
                if (act.action() instanceof ServerAction.Kill) {
                    member.waiting.removeIf(Effect.Act.class::isInstance);
                }
                whenFree(member, "actions", effect);
            }
            case Effect.Withdraw withdraw -> {
                story.tell(member.name, "stops receiving WAL");
                whenFree(member, "withdraw", effect);
            }
            case Effect.ProbeNow probe -> probe(member);
            case Effect.LookAt look -> {
                boolean answered = answersLook(member, look.member());
                tellIf(
                        story.shown.contains("looks"),
                        member,
                        "looks at the postgres port of " + look.member() + ": " + (answered ? "an answer" : "none"));
                story.event(member, new Event.Looked(look.member(), answered));
            }
            case Effect.Route route ->
                story.tell(member.name, "routes: " + route.role() + " as of term " + route.term());
            case Effect.KeepSlots slots ->
                tellIf(
                        story.shown.contains("slots"),
                        member,
                        "keeps slots for "
                                + slots.slots().keySet().stream().sorted().toList());
            case Effect.Log log -> logs(member, log.notice());
            case Effect.Progress progress -> story.tell(member.name, "progress: " + progress.text());
            case Effect.Answer answer ->
                story.tell(member.name, "answers %s: %s".formatted(answer.outcome(), answer.text()));
            case Effect.Exit exit -> {
                story.tell(member.name, "exits: " + exit.reason());
                story.later(() -> story.end(member));
            }
        }
    }

    private void logs(StoryMember member, Notice notice) {
        Map<String, String> fields = notice.fields();
        boolean change = notice.code() == io.pgmahout.agent.model.EventCode.RULE_CHANGED;
        StringBuilder words = new StringBuilder("logs ").append(notice.code());
        if (change) {
            words.append(' ').append(fields.get("before")).append(" -> ").append(fields.get("rule"));
        } else if (fields.containsKey("reason")) {
            words.append(": ").append(fields.get("reason"));
        } else if (fields.containsKey("members")) {
            words.append(": ").append(fields.get("members"));
        }
        tellIf(!change || story.shown.contains("changes"), member, words.toString());
    }

    private void tellIf(boolean told, StoryMember member, String what) {
        if (told) {
            story.tell(member.name, what);
        }
    }

    private void whenFree(StoryMember member, String what, Effect effect) {
        if (member.held.contains(what)) {
            member.waiting.add(effect);
        } else {
            story.later(() -> complete(member, effect));
        }
    }

    /** Does what was held back until now. */
    void complete(StoryMember member, Effect effect) {
        switch (effect) {
            case Effect.Persist persist -> {
                member.disk = persist.file();
                story.event(member, new Event.Persisted(persist.file(), Outcome.DONE));
                persist.then().forEach(send -> send(member, List.of(send)));
            }
            case Effect.SetPermit permit -> permit(member, permit);
            case Effect.Act act -> actions.perform(member, act);
            case Effect.Withdraw withdraw -> {
                StoryServer server = member.server;
                server.following = null;
                server.streaming = false;
                probe(member);
                story.event(
                        member,
                        new Event.Withdrawn(
                                withdraw.id(),
                                Outcome.DONE,
                                server.running() && server.knowsPosition ? server.position() : null,
                                server.running() ? server.nextTimeline() : null,
                                server.data,
                                server.running() ? server.probe(servers()) : null));
            }
            default -> throw new IllegalArgumentException("never held: " + effect);
        }
    }

    // Messages

    private void send(StoryMember from, List<Effect.Send> sends) {
        Message message = sends.getFirst().message();
        if (!QUIET_MESSAGES.contains(message.getClass())
                || message instanceof Message.Heartbeat && story.shown.contains("heartbeats")
                || message instanceof Message.HeartbeatAck && story.shown.contains("acks")) {
            String to = String.join(
                    ", ", sends.stream().map(send -> send.to().value()).toList());
            story.tell(from.name, "to " + to + ": " + Words.message(message));
        }
        for (Effect.Send send : sends) {
            StoryMember to = story.members.get(send.to());
            if (to != null && to.lives() && !to.machineOff && !story.cut(from.name, to.name)) {
                story.event(to, new Event.Received(from.peer(), message));
            }
        }
    }

    private boolean answersLook(StoryMember from, MemberName at) {
        StoryMember target = story.members.get(at);
        return target != null
                && !target.machineOff
                && target.server.process != GateFacts.Processes.NONE
                && !story.cut(from.name, at);
    }

    // The store

    private void write(StoryMember member, AgentState before, AgentState after, Effect.CompareAndSet write) {
        Writes.Pending pending = after.writes().inFlight();
        String purpose = pending == null ? "?" : pending.purpose();
        Stored known = before.book().known();
        ClusterRecord base = known != null && known.version().equals(write.base()) ? known.record() : null;
        if (base == null && write.base() != null && after.book().known() != null) {
            base = after.book().known().record();
        }
        tellIf(
                !purpose.equals("renew") || story.shown.contains("routine"),
                member,
                "writes (%s): %s".formatted(purpose, Words.change(base, write.record())));
        member.waiting.add(write);
        switch (member.store) {
            case ANSWERS -> story.later(() -> writeEnds(member, "applied"));
            case REFUSES -> story.later(() -> writeEnds(member, "failed"));
            case SILENT -> story.later(() -> writeEnds(member, "unknown"));
            case HELD, READS -> {}
        }
    }

    /**
     * What becomes of the write that waits.
     *
     * @param fate applied; conflict (another wrote first); failed; unknown (and not applied, as yet); lost (applied,
     *     nobody says so)
     */
    void writeEnds(StoryMember member, String fate) {
        Effect.CompareAndSet write = take(member, Effect.CompareAndSet.class);
        if (write == null) {
            return;
        }
        Stored made = fate.equals("applied") || fate.equals("lost") ? story.store.compareAndSet(write) : null;
        Outcome outcome = switch (fate) {
            case "applied" -> made == null ? Outcome.REFUSED : Outcome.DONE;
            case "conflict" -> Outcome.REFUSED;
            case "failed" -> Outcome.FAILED;
            case "unknown", "lost" -> Outcome.UNKNOWN;
            default -> throw new IllegalArgumentException("no fate of a write: " + fate);
        };
        if (fate.equals("unknown")) {
            limbo.put(member.name, write);
        }
        if (outcome != Outcome.DONE) {
            story.tell(member.name, "write " + outcome);
        }
        story.event(
                member,
                new Event.WriteEnded(write.record().writeId(), outcome, made == null ? null : made.version(), fate));
        if (made != null) {
            story.watchShows(made);
        }
    }

    private final Map<MemberName, Effect.CompareAndSet> limbo = new HashMap<>();

    /** A write that was unknown comes through after all, if nobody wrote since. */
    boolean lateWrite(StoryMember member) {
        Effect.CompareAndSet write = limbo.remove(member.name);
        Stored made = write == null ? null : story.store.compareAndSet(write);
        if (made != null) {
            story.watchShows(made);
        }
        return made != null;
    }

    private static boolean reads(StoryMember member) {
        return member.store == StoryMember.StoreLink.ANSWERS || member.store == StoryMember.StoreLink.READS;
    }

    void readEnds(StoryMember member, boolean answered) {
        Effect.ReadRecord read = take(member, Effect.ReadRecord.class);
        if (read != null) {
            story.event(
                    member,
                    new Event.RecordRead(
                            read.id(),
                            answered ? Outcome.DONE : Outcome.FAILED,
                            answered ? story.store.stored() : null,
                            answered ? "" : "no answer"));
        }
    }

    static <T extends Effect> @Nullable T take(StoryMember member, Class<T> type) {
        for (Effect effect : member.waiting) {
            if (type.isInstance(effect)) {
                member.waiting.remove(effect);
                return type.cast(effect);
            }
        }
        return null;
    }

    // Gate and server

    private void permit(StoryMember member, Effect.SetPermit permit) {
        StoryServer server = member.server;
        server.permitMs = permit.deadlineMs();
        server.permitTimeline = permit.timeline();
        server.seq = permit.seq();
        if (server.process == GateFacts.Processes.FROZEN && server.permitted(story.nowMs)) {
            server.process = GateFacts.Processes.RUNNING;
            frozenMs.remove(member.name);
            story.tell(member.name, "(the gate thaws the server)");
        }
        story.event(member, new Event.GateReported(server.gate()));
        enforce(member);
    }

    /** When a gate does something by itself, or the servers are probed, next. */
    long nextMs() {
        long next = probedMs + PROBE_EVERY_MS;
        for (StoryMember member : story.members.values()) {
            StoryServer server = member.server;
            Long frozen = frozenMs.get(member.name);
            if (frozen != null) {
                next = Math.min(next, frozen + FENCE_HOLD_MS);
            } else if (server.primary() && !member.held.contains("gate")) {
                next = Math.min(next, server.permitMs);
            }
        }
        return Math.max(next, story.nowMs + 1);
    }

    void due() {
        if (story.nowMs >= probedMs + PROBE_EVERY_MS) {
            probedMs = story.nowMs;
            story.members.values().forEach(this::probe);
        }
        story.members.values().forEach(this::enforce);
    }

    private void enforce(StoryMember member) {
        StoryServer server = member.server;
        Long frozen = frozenMs.get(member.name);
        if (server.process != GateFacts.Processes.FROZEN) {
            frozenMs.remove(member.name);
        }
        if (member.held.contains("gate")) {
            return;
        }
        if (server.primary() && !server.permitted(story.nowMs)) {
            server.process = GateFacts.Processes.FROZEN;
            frozenMs.put(member.name, story.nowMs);
            story.tell(member.name, "(the gate freezes the server)");
            report(member);
        } else if (server.process == GateFacts.Processes.FROZEN
                && frozen != null
                && frozen + FENCE_HOLD_MS <= story.nowMs) {
            story.tell(member.name, "(the gate kills the server)");
            server.end("fenced", false);
            report(member);
        }
    }

    void report(StoryMember member) {
        story.event(member, new Event.GateReported(member.server.gate()));
        probe(member);
        streams();
    }

    void probe(StoryMember member) {
        if (member.server.running() && member.server.answers) {
            story.event(member, new Event.Probed(member.server.probe(servers())));
        }
    }

    private Map<MemberName, StoryServer> servers() {
        Map<MemberName, StoryServer> servers = new HashMap<>();
        story.members.forEach((name, other) -> servers.put(name, other.server));
        return servers;
    }

    /** Walreceivers connect, receive and end by themselves. */
    void streams() {
        for (StoryMember member : story.members.values()) {
            StoryServer standby = member.server;
            StoryMember source = standby.following == null ? null : story.members.get(standby.following);
            boolean can = standby.running()
                    && standby.standbyFiles
                    && standby.sourceProblem == null
                    && source != null
                    && !source.machineOff
                    && source.server.writable()
                    && !story.cut(source.name, member.name)
                    && source.server.flushed.compareTo(standby.flushed) >= 0;
            boolean news = can != standby.streaming;
            standby.streaming = can;
            if (can && source != null && !standby.lags && source.server.running()) {
                news |= !standby.flushed.equals(source.server.flushed);
                standby.flushed = source.server.flushed;
                standby.timeline = source.server.timeline;
            }
            if (news) {
                probe(member);
            }
        }
    }
}
