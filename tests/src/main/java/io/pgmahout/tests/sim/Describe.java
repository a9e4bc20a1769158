package io.pgmahout.tests.sim;

import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.GateFacts;
import io.pgmahout.agent.ha.MemberReport;
import io.pgmahout.agent.ha.Message;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.Version;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Events and effects as a line of a trace says them: short, and the same on every run (maps in order). */
final class Describe {

    private Describe() {}

    static String event(Event event) {
        return switch (event) {
            case Event.Tick tick -> "tick";
            case Event.Received received -> received.from().name() + " says " + message(received.message());
            case Event.Connected connected -> "connected to " + connected.peer().name();
            case Event.Disconnected lost ->
                "disconnected from " + lost.member() + (lost.reset() ? ", reset" : ", silent");
            case Event.RecordRead read ->
                "read " + read.id() + " " + read.outcome()
                        + (read.stored() == null
                                ? ""
                                : " "
                                        + stored(
                                                read.stored().version(),
                                                read.stored().record()));
            case Event.RecordSeen seen ->
                "watch shows " + stored(seen.stored().version(), seen.stored().record());
            case Event.WriteEnded ended ->
                "write " + ended.id() + " " + ended.outcome() + or(ended.version(), " version ") + " " + ended.detail();
            case Event.GateReported report -> "gate " + fields(report.gate());
            case Event.Probed probed ->
                "probe launch=%d %s tl=%s flushed=%s next=%s following=%s streaming=%s problem=%s standbys=%s"
                        .formatted(
                                probed.server().launch(),
                                probed.server().recovering() ? "standby" : "primary",
                                probed.server().timeline(),
                                probed.server().flushed(),
                                probed.server().nextTimeline(),
                                probed.server().following(),
                                probed.server().streaming(),
                                probed.server().sourceProblem(),
                                sorted(probed.server().standbys()));
            case Event.ProbeFailed failed -> "probe of launch " + failed.launch() + " failed: " + failed.detail();
            case Event.ActionEnded ended ->
                "action " + ended.id() + " " + ended.outcome() + " " + ended.detail() + or(ended.position(), " end=")
                        + (ended.data() == null
                                ? ""
                                : " %s %s tl=%s branches=%s clean=%s%s"
                                        .formatted(
                                                ended.data().content(),
                                                ended.data().data(),
                                                ended.data().timeline(),
                                                sorted(ended.data().branches()),
                                                ended.data().cleanEnd(),
                                                ended.data().standbyFiles() ? " standby" : ""));
            case Event.Withdrawn gone ->
                "withdrawn " + gone.id() + " " + gone.outcome() + or(gone.position(), " at ")
                        + or(gone.nextTimeline(), " next ");
            case Event.Persisted persisted ->
                "persisted " + persisted.outcome() + " promised="
                        + persisted.file().promised() + " lease="
                        + persisted.file().greatestLeaseMs();
            case Event.Looked looked -> "looked at " + looked.member() + (looked.answered() ? ": answers" : ": silent");
            case Event.Reconfigured changed ->
                "reconfigured priority=" + changed.priority() + (changed.nofailover() ? " nofailover" : "");
            case Event.Commanded commanded -> "command " + commanded.command();
        };
    }

    static String effect(Effect effect) {
        return switch (effect) {
            case Effect.CompareAndSet write -> "write on " + write.base() + " " + record(write.record());
            case Effect.ReadRecord read -> "read " + read.id();
            case Effect.Send send -> "to " + send.to() + " " + message(send.message());
            case Effect.Persist persist ->
                "persist promised=" + persist.file().promised() + " lease="
                        + persist.file().greatestLeaseMs() + " then "
                        + persist.then().stream().map(Describe::effect).toList();
            case Effect.SetPermit permit ->
                "permit to " + permit.deadlineMs() + or(permit.timeline(), " timeline ") + " seq " + permit.seq()
                        + (permit.confirm() ? " confirm" : "");
            case Effect.Act act -> "act " + act.id() + " " + act.action();
            case Effect.Withdraw withdraw -> "withdraw " + withdraw.id();
            case Effect.ProbeNow probe -> "probe now";
            case Effect.LookAt look -> "look at " + look.member();
            case Effect.Route route ->
                "route " + route.role() + " term " + route.term() + (route.promoting() ? " promoting" : "");
            case Effect.KeepSlots slots -> "slots " + sorted(slots.slots());
            case Effect.Log log ->
                "log " + log.notice().code() + " " + sorted(log.notice().fields());
            case Effect.Progress progress -> "progress " + progress.command() + " " + progress.text();
            case Effect.Answer answer -> "answer " + answer.command() + " " + answer.outcome() + " " + answer.text();
            case Effect.Exit exit -> "exit " + exit.reason();
        };
    }

    private static String message(Message message) {
        return switch (message) {
            case Message.Heartbeat beat ->
                "heartbeat %s.%d sent=%d G=%d at %s"
                        .formatted(beat.term(), beat.sequence(), beat.sentMs(), beat.leaseMs(), beat.position());
            case Message.HeartbeatAck ack ->
                "ack %s.%d sent=%d G=%d at %s"
                        .formatted(ack.term(), ack.sequence(), ack.sentMs(), ack.leaseMs(), ack.position());
            case Message.HeartbeatRefused refused -> "refused " + refused.term() + " promised " + refused.promised();
            case Message.PromiseRequest request -> "promise against " + request.term() + "?";
            case Message.Promise promise ->
                "promise against " + promise.term() + " by " + promise.voter() + or(promise.position(), " at ")
                        + or(promise.obstacle(), " but ") + (promise.sawHolder() ? "" : " cold");
            case Message.ReportRequest request -> "report?";
            case Message.WalOffer offer -> "offers WAL of term %s to %s".formatted(offer.term(), offer.end());
            case Message.WalRefusal refusal ->
                "refuses WAL of term %s to %s: %s".formatted(refusal.term(), refusal.end(), refusal.reason());
            case Message.Report report ->
                "report %s %s at %s following %s termSeen=%s promised=%s permit=%d rule %s"
                        .formatted(
                                report.report().role(),
                                report.report().server(),
                                report.report().position(),
                                report.report().following(),
                                report.report().termSeen(),
                                report.report().promised(),
                                report.report().permitMs(),
                                report.report().rule());
            case Message.Farewell farewell -> "farewell";
        };
    }

    private static String stored(Version version, ClusterRecord record) {
        return "version " + version + " " + record(record);
    }

    static String record(ClusterRecord record) {
        String holder = switch (record.holder()) {
            case Holder.Held held -> held.incarnation().value();
            case Holder.Named named -> "named " + named.successor() + " from " + named.end();
            case Holder.Released released -> "released at " + released.end();
        };
        return "term %s %s %s renewal=%d voters=%s history=%s%s%s by %s"
                .formatted(
                        record.term(),
                        holder,
                        record.takeover(),
                        record.renewal(),
                        record.voters().stream()
                                .map(voter -> voter.member().value())
                                .collect(Collectors.joining(",")),
                        record.history().stream()
                                .map(branch -> branch.term() + ":" + branch.timeline() + "@" + branch.start())
                                .collect(Collectors.joining(",")),
                        record.paused() ? " paused" : "",
                        record.switchover() == null
                                ? ""
                                : " switchover " + record.switchover().target(),
                        record.writeId());
    }

    private static String fields(GateFacts gate) {
        return "%s %s%s launch=%d seq=%d permit=%d%s%s"
                .formatted(
                        gate.incarnation(),
                        gate.process(),
                        gate.writable() ? " writable" : "",
                        gate.launch(),
                        gate.seq(),
                        gate.permitMs(),
                        or(gate.exit(), " exit="),
                        gate.terminating() ? " terminating" : "");
    }

    private static String or(@Nullable Object value, String before) {
        return value == null ? "" : before + value;
    }

    private static String sorted(Map<?, ?> map) {
        return map.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .sorted()
                .toList()
                .toString();
    }

    static MemberReport withoutReach(MemberReport told) {
        return new MemberReport(
                told.name(),
                told.voter(),
                told.incarnation(),
                told.address(),
                told.adminAddress(),
                told.role(),
                told.server(),
                told.data(),
                told.systemIdentifier(),
                told.position(),
                told.replayed(),
                null,
                told.following(),
                told.streaming(),
                told.priority(),
                told.nofailover(),
                told.termSeen(),
                told.promised(),
                told.permitMs(),
                told.obstacle(),
                told.rule());
    }
}
