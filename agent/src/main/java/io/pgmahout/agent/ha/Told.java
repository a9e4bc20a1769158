package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was last told to the world, so that it is told again only when it has changed.
 *
 * @param asideStays the content kept aside could not be deleted: not tried again before the next clone
 * @param pointedAt the source that this agent last gave its server, null for none or not known
 */
record Told(
        @Nullable MemberReport report,
        long reportMs,
        MemberReport.@Nullable Role role,
        Term roleTerm,
        Map<MemberName, Effect.KeepSlots.Slot> slots,
        long slotsMs,
        boolean asideStays,
        @Nullable Source pointedAt) {

    static final Told NOTHING = new Told(null, -1, null, Term.NONE, Map.of(), -1, false, null);

    Told reported(MemberReport now, long nowMs) {
        return new Told(now, nowMs, role, roleTerm, slots, slotsMs, asideStays, pointedAt);
    }

    /** The report is due at once. */
    Told reportDue() {
        return new Told(null, -1, role, roleTerm, slots, slotsMs, asideStays, pointedAt);
    }

    Told routed(MemberReport.Role now, Term term) {
        return new Told(report, reportMs, now, term, slots, slotsMs, asideStays, pointedAt);
    }

    Told kept(Map<MemberName, Effect.KeepSlots.Slot> now, long nowMs) {
        return new Told(report, reportMs, role, roleTerm, now, nowMs, asideStays, pointedAt);
    }

    Told asideStays(boolean now) {
        return new Told(report, reportMs, role, roleTerm, slots, slotsMs, now, pointedAt);
    }

    Told pointedAt(@Nullable Source now) {
        return new Told(report, reportMs, role, roleTerm, slots, slotsMs, asideStays, now);
    }
}
