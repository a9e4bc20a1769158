package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.Voter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How a story tells what cores do. */
final class Words {

    private Words() {}

    static String record(ClusterRecord record) {
        return "term %s, %s, %s, voters %s, history %s%s%s%s"
                .formatted(
                        record.term(),
                        holder(record.holder()),
                        record.takeover(),
                        voters(record.voters()),
                        history(record.history()),
                        record.paused() ? ", paused" : "",
                        record.switchover() == null
                                ? ""
                                : ", switchover to " + record.switchover().target(),
                        record.systemIdentifier() == null ? ", no system identifier" : "");
    }

    /** What a write changes. */
    static String change(@Nullable ClusterRecord before, ClusterRecord after) {
        if (before == null) {
            return "create: " + record(after);
        }
        List<String> changes = new ArrayList<>();
        add(changes, !before.term().equals(after.term()), "term " + after.term());
        add(changes, !before.holder().equals(after.holder()), holder(after.holder()));
        add(changes, before.takeover() != after.takeover(), after.takeover().name());
        add(changes, !before.voters().equals(after.voters()), "voters " + voters(after.voters()));
        add(changes, !before.history().equals(after.history()), "history " + history(after.history()));
        add(changes, before.paused() != after.paused(), after.paused() ? "paused" : "not paused");
        add(
                changes,
                !Objects.equals(before.switchover(), after.switchover()),
                after.switchover() == null
                        ? "no switchover"
                        : "switchover to " + after.switchover().target());
        add(
                changes,
                !Objects.equals(before.systemIdentifier(), after.systemIdentifier()),
                "system identifier " + after.systemIdentifier());
        return changes.isEmpty() ? "nothing but the renewal" : String.join(", ", changes);
    }

    private static void add(List<String> changes, boolean changed, String text) {
        if (changed) {
            changes.add(text);
        }
    }

    static String holder(Holder holder) {
        return switch (holder) {
            case Holder.Held held -> "held by " + held.member() + " (" + held.incarnation() + ")";
            case Holder.Named named -> "handed to " + named.successor() + " at " + named.end();
            case Holder.Released released -> "released at " + released.end();
        };
    }

    private static String voters(List<Voter> voters) {
        return voters.stream().map(voter -> voter.member().value()).collect(Collectors.joining(" ", "[", "]"));
    }

    private static String history(List<Branch> history) {
        return history.stream()
                .map(branch ->
                        branch.term() + ":" + branch.timeline() + "@" + (branch.start() == null ? "?" : branch.start()))
                .collect(Collectors.joining(" ", "[", "]"));
    }

    /** A message; null where stories do not tell it. */
    static String message(Message message) {
        return switch (message) {
            case Message.Heartbeat beat ->
                "heartbeat of term %s, lease %d, at %s".formatted(beat.term(), beat.leaseMs(), beat.position());
            case Message.HeartbeatAck ack -> "acknowledges term %s, lease %d".formatted(ack.term(), ack.leaseMs());
            case Message.HeartbeatRefused refused ->
                "refuses term " + refused.term() + ", promised against " + refused.promised();
            case Message.PromiseRequest request -> "asks for promises against term " + request.term();
            case Message.Promise promise ->
                "promises against term %s, at %s%s%s"
                        .formatted(
                                promise.term(),
                                promise.position(),
                                promise.sawHolder() ? "" : ", never saw the holder",
                                promise.obstacle() == null ? "" : ", may not lead: " + promise.obstacle());
            case Message.ReportRequest request -> "asks for a report";
            case Message.Report report ->
                "reports " + report.report().role().name().toLowerCase(Locale.ROOT);
            case Message.WalOffer offer -> "offers its WAL up to " + offer.end();
            case Message.WalRefusal refusal -> "did not take the WAL up to " + refusal.end() + ": " + refusal.reason();
            case Message.Farewell farewell -> "says farewell";
        };
    }

    static String action(ServerAction action) {
        return switch (action) {
            case ServerAction.Inspect inspect -> "inspects the data directory";
            case ServerAction.Initialize make -> "initdb as " + make.data() + " in term " + make.term();
            case ServerAction.Adopt adopt -> "adopts the data as " + adopt.data() + " in term " + adopt.term();
            case ServerAction.StartPrimary start -> "starts as primary";
            case ServerAction.Furnish furnish -> "creates roles and database";
            case ServerAction.StartStandby start -> "starts as standby of " + source(start.source());
            case ServerAction.Stop stop -> "stops the server" + (stop.fast() ? "" : " at once");
            case ServerAction.Kill kill -> "kills the server";
            case ServerAction.Promote promote ->
                "promotes to timeline " + promote.timeline() + " of term " + promote.term();
            case ServerAction.Follow follow -> "follows " + source(follow.source());
            case ServerAction.Detach detach -> "follows nobody";
            case ServerAction.Rewind rewind -> "rewinds to " + source(rewind.source()) + " as " + rewind.data();
            case ServerAction.Clone clone -> "clones " + source(clone.source()) + " as " + clone.data();
            case ServerAction.Forget forget -> "forgets the data kept aside";
            case ServerAction.FindEnd find -> "looks where its WAL ends";
            case ServerAction.SecureWal secure -> "secures its WAL to %s for %s".formatted(secure.end(), secure.to());
            case ServerAction.TakeWal take ->
                "takes the WAL of %s from %s to %s"
                        .formatted(take.source(), take.from().lsn(), take.end());
            case ServerAction.Restart restart -> "restarts the server";
        };
    }

    private static String source(@Nullable Source source) {
        return source == null ? "nobody" : source.member().value();
    }

    static String rule(int number) {
        return Core.rules().stream()
                .filter(rule -> rule.rule() == number)
                .map(Verdict::label)
                .findFirst()
                .orElse("none");
    }
}
