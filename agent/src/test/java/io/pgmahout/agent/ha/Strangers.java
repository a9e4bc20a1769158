package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Incarnation;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.VoterId;
import io.pgmahout.agent.model.WalPosition;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Messages of members that are not played, and what operators ask. */
final class Strangers {
    private final Story story;

    Strangers(Story story) {
        this.story = story;
    }

    static Peer stranger(String name) {
        return new Peer(new MemberName(name), new VoterId("v-" + name), new Incarnation("g-" + name + "1"));
    }

    Peer peer(String name) {
        StoryMember member = story.members.get(new MemberName(name));
        return member == null ? stranger(name) : member.peer();
    }

    /** Reads {@code term:timeline:lsn}. */
    static @Nullable WalPosition position(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String[] parts = text.split(":", -1);
        return new WalPosition(
                new Term(Long.parseLong(parts[0])), new Timeline(Integer.parseInt(parts[1])), Lsn.parse(parts[2]));
    }

    void say(Script.Line line) {
        Peer from = peer(line.word(0));
        StoryMember to = story.member(line.word(1));
        Term term = new Term(line.number("term", 3));
        long sent = story.nowMs - line.number("age", 0);
        long lease = line.number("lease", 750);
        WalPosition at = position(line.options().get("at"));
        Message message = switch (line.word(2)) {
            case "heartbeat" -> new Message.Heartbeat(term, 1, sent, lease, at);
            case "ack" -> new Message.HeartbeatAck(term, 1, sent, lease, at);
            case "refusal" -> new Message.HeartbeatRefused(term, new Term(line.number("promised", term.value())));
            case "request" -> new Message.PromiseRequest(term);
            case "promise" ->
                new Message.Promise(
                        term,
                        from.voter(),
                        at,
                        null,
                        (int) line.number("priority", 0),
                        line.says("unfit") ? "it is tagged nofailover" : null,
                        !line.says("cold"));
            case "report-request" -> new Message.ReportRequest();
            case "wal-offer" -> new Message.WalOffer(term, Objects.requireNonNull(at));
            case "farewell" -> new Message.Farewell();
            default -> throw new IllegalArgumentException("no such message: " + line.word(2));
        };
        story.event(to, new Event.Received(from, message));
    }

    /** {@code report p -> b role=standby server=running at=3:2:0/5000 term=3 following=a streaming unfit}. */
    void report(Script.Line line) {
        Peer from = peer(line.word(0));
        WalPosition at = position(line.options().get("at"));
        String system = line.option("system", StoryServer.SYSTEM);
        String following = line.options().get("following");
        MemberReport report = new MemberReport(
                from.name(),
                from.voter(),
                from.incarnation(),
                from.name() + ":5432",
                from.name() + ":8008",
                MemberReport.Role.valueOf(line.option("role", "standby").toUpperCase(Locale.ROOT)),
                MemberReport.ServerState.valueOf(
                        line.option("server", "running").toUpperCase(Locale.ROOT)),
                new DataId("d-" + from.name()),
                system.equals("none") ? null : system,
                at,
                at,
                reach(line),
                following == null ? null : new MemberName(following),
                line.says("streaming"),
                (int) line.number("priority", 0),
                line.says("nofailover"),
                new Term(line.number("term", 3)),
                Term.NONE,
                0,
                line.says("unfit") ? "it is tagged nofailover" : null,
                "160 stream");
        story.event(story.member(line.word(1)), new Event.Received(from, new Message.Report(report)));
    }

    /** {@code reach=3:2:0/5000 [reach-primary]}: told while there is no cluster. */
    private static @Nullable Reach reach(Script.Line line) {
        WalPosition position = position(line.options().get("reach"));
        return position == null ? null : new Reach(position, line.says("reach-primary"));
    }

    void ask(Script.Line line) {
        String id = "c" + story.nowMs;
        String to = line.options().get("to");
        boolean dryRun = line.says("dry-run");
        Command command = switch (line.word(1)) {
            case "switchover" -> new Command.Switchover(id, to == null ? null : new MemberName(to), dryRun);
            case "failover" ->
                new Command.Failover(id, line.says("allow-data-loss"), line.says("holder-is-off"), dryRun);
            case "pause" -> new Command.Pause(id);
            case "resume" -> new Command.Resume(id);
            case "restart" -> new Command.Restart(id);
            case "reinit" -> new Command.Reinitialize(id);
            case "retire" -> new Command.Retire(id);
            default -> throw new IllegalArgumentException("no such request: " + line.word(1));
        };
        story.event(story.member(line.word(0)), new Event.Commanded(command));
    }
}
