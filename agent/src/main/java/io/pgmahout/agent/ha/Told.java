package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.MemberName;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was last told to the world, so that it is told again only when it has changed.
 *
 * @param asideStays the content kept aside could not be deleted: not tried again before the next clone
 * @param pointedAt the source that this agent last gave its server, null for none or not known
 * @param rules the rule that was last logged for each question
 * @param lostLaunch the start of the server that was running when this agent told of its lost term, -1 for none
 * @param dataRefused the reason that was last told why the data directory may not be used
 * @param failsafe what was last told of going on without the store
 */
record Told(
        @Nullable MemberReport report,
        long reportMs,
        Effect.@Nullable Route route,
        Map<MemberName, Effect.KeepSlots.Slot> slots,
        long slotsMs,
        boolean asideStays,
        @Nullable Source pointedAt,
        Map<Verdict.Question, Integer> rules,
        long lostLaunch,
        @Nullable String dataRefused,
        Failsafe.Standing failsafe) {

    static final Told NOTHING =
            new Told(null, -1, null, Map.of(), -1, false, null, Map.of(), -1, null, Failsafe.Standing.NOT_NEEDED);

    Told reported(MemberReport now, long nowMs) {
        return new Told(
                now, nowMs, route, slots, slotsMs, asideStays, pointedAt, rules, lostLaunch, dataRefused, failsafe);
    }

    /** The report is due at once. */
    Told reportDue() {
        return new Told(
                null, -1, route, slots, slotsMs, asideStays, pointedAt, rules, lostLaunch, dataRefused, failsafe);
    }

    Told routed(Effect.Route now) {
        return new Told(
                report, reportMs, now, slots, slotsMs, asideStays, pointedAt, rules, lostLaunch, dataRefused, failsafe);
    }

    Told kept(Map<MemberName, Effect.KeepSlots.Slot> now, long nowMs) {
        return new Told(
                report, reportMs, route, now, nowMs, asideStays, pointedAt, rules, lostLaunch, dataRefused, failsafe);
    }

    Told asideStays(boolean now) {
        return new Told(
                report, reportMs, route, slots, slotsMs, now, pointedAt, rules, lostLaunch, dataRefused, failsafe);
    }

    Told pointedAt(@Nullable Source now) {
        return new Told(
                report, reportMs, route, slots, slotsMs, asideStays, now, rules, lostLaunch, dataRefused, failsafe);
    }

    Told logged(Verdict.Question question, int rule) {
        Map<Verdict.Question, Integer> all = new EnumMap<>(Verdict.Question.class);
        all.putAll(rules);
        all.put(question, rule);
        return new Told(
                report,
                reportMs,
                route,
                slots,
                slotsMs,
                asideStays,
                pointedAt,
                Map.copyOf(all),
                lostLaunch,
                dataRefused,
                failsafe);
    }

    Told lost(long launch) {
        return new Told(
                report, reportMs, route, slots, slotsMs, asideStays, pointedAt, rules, launch, dataRefused, failsafe);
    }

    Told dataRefused(String reason) {
        return new Told(
                report, reportMs, route, slots, slotsMs, asideStays, pointedAt, rules, lostLaunch, reason, failsafe);
    }

    Told failsafe(Failsafe.Standing now) {
        return new Told(
                report, reportMs, route, slots, slotsMs, asideStays, pointedAt, rules, lostLaunch, dataRefused, now);
    }
}
