package io.pgmahout.agent.admin;

import io.pgmahout.agent.ha.Insight;
import io.pgmahout.agent.ha.MemberReport;
import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.ha.MemberReport.ServerState;
import io.pgmahout.agent.ha.ServerAction;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Voter;
import io.pgmahout.agent.model.WalPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What an insight means for people and load balancers, read once. Immutable. */
public record Standing(Insight insight, long ageMs) {

    public static Standing of(Operations.Seen seen) {
        return new Standing(seen.insight(), seen.ageMs());
    }

    MemberName self() {
        return insight.self().name();
    }

    @Nullable
    ClusterRecord record() {
        return insight.record() == null ? null : insight.record().record();
    }

    @Nullable
    MemberReport own() {
        return insight.members().get(self());
    }

    /** The member that the record names as holder or successor, or null. */
    @Nullable
    MemberName holder() {
        ClusterRecord record = record();
        return record == null ? null : record.holder().memberOrNull();
    }

    /** Every member that votes or was ever heard of. */
    NavigableSet<MemberName> names() {
        NavigableSet<MemberName> names = new TreeSet<>(insight.members().keySet());
        ClusterRecord record = record();
        if (record != null) {
            record.voters().stream().map(Voter::member).forEach(names::add);
        }
        names.add(self());
        return names;
    }

    boolean reachable(MemberName member) {
        return member.equals(self()) || insight.connected().contains(member);
    }

    /** Whether this member's server is a running primary with a permit that still reaches. */
    public boolean leads() {
        MemberReport own = own();
        return own != null
                && own.role() == Role.PRIMARY
                && own.server() == ServerState.RUNNING
                && insight.permitMs() - ageMs > 0;
    }

    /** Whether this member's server runs and is being promoted. */
    boolean promoting() {
        MemberReport own = own();
        return own != null && own.server() == ServerState.RUNNING && insight.action() instanceof ServerAction.Promote;
    }

    /** The member that is known to take writes, or null. */
    @Nullable
    MemberReport writable() {
        if (leads()) {
            return own();
        }
        MemberName holder = holder();
        MemberReport report = holder == null || holder.equals(self())
                ? null
                : insight.members().get(holder);
        boolean writes = report != null
                && reachable(report.name())
                && report.role() == Role.PRIMARY
                && report.server() == ServerState.RUNNING
                && report.permitMs() > 0;
        return writes ? report : null;
    }

    /** Where the primary was last known to be, also when it is gone; null when nobody knows. */
    @Nullable
    WalPosition primaryPosition() {
        MemberName holder = holder();
        MemberReport report = holder == null ? null : insight.members().get(holder);
        return report == null || report.role() != Role.PRIMARY ? null : report.position();
    }

    /** Bytes that {@code standby} has not yet replayed of what the primary wrote, 0 or more; empty when not known. */
    OptionalLong lagBytes(MemberReport standby) {
        WalPosition primary = primaryPosition();
        WalPosition own = standby.replayed() != null ? standby.replayed() : standby.position();
        if (primary == null || own == null || standby.role() != Role.STANDBY) {
            return OptionalLong.empty();
        }
        // On another branch the difference of two positions says nothing of what is missing.
        boolean comparable = own.term().equals(primary.term()) && own.timeline().equals(primary.timeline());
        return comparable ? OptionalLong.of(Math.max(0, primary.lsn().minus(own.lsn()))) : OptionalLong.empty();
    }

    /** What keeps the cluster from being well, a sentence each; empty when it is. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        ClusterRecord record = record();
        if (record == null) {
            problems.add("the cluster record is not known");
        } else if (insight.recordAgeMs() < 0 || insight.recordAgeMs() + ageMs > record.leaseDurationMs()) {
            problems.add("the cluster store has not confirmed the record for longer than its lease");
        }
        MemberReport primary = writable();
        if (primary == null) {
            problems.add("no member is known to take writes");
        }
        for (MemberName name : names()) {
            MemberReport report = insight.members().get(name);
            if (!reachable(name) || report == null) {
                problems.add(name + " does not answer");
            } else if (report.server() != ServerState.RUNNING) {
                problems.add(name + ": its server is " + report.server().name().toLowerCase(java.util.Locale.ROOT));
            } else if (primary != null
                    && !report.name().equals(primary.name())
                    && !(report.streaming() && primary.name().equals(report.following()))) {
                problems.add(name + " does not stream from " + primary.name());
            }
        }
        if (record != null && record.paused()) {
            problems.add("automatic actions are paused");
        }
        return problems;
    }
}
