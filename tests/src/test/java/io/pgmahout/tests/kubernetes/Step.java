package io.pgmahout.tests.kubernetes;

import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where a fail-over's time goes: when each was done, from the last commit of before. */
enum Step {
    DETECTED("noticed"),
    VOTED("votes there"),
    RECORDED("Lease written"),
    LABELLED("pod labelled"),
    SELECTED("Service moved"),
    SLICED("EndpointSlice"),
    PROMOTED("promoted"),
    SERVED("first commit");

    final String title;

    Step(String title) {
        this.title = title;
    }

    /** Of the pod that leads now; what cannot be seen is left out. */
    static Map<Step, Long> of(Release release, Witness witness, Pod leader, Instant last, long lastNanos, long first) {
        Map<Step, Long> steps = new EnumMap<>(Step.class);
        List<LoggedEvent> events = release.events(leader, last);
        logged(events, "ask", "promise", "successor-rises").ifPresent(at -> steps.put(DETECTED, millis(last, at)));
        logged(events, "take-quorum", "take-named", "take-released")
                .ifPresent(at -> steps.put(VOTED, millis(last, at)));
        events.stream()
                .filter(event -> event.is("PROMOTED"))
                .findFirst()
                .ifPresent(event -> steps.put(PROMOTED, millis(last, event.at())));
        witness.first(
                        lastNanos,
                        version -> version.is("lease", release.namespace(), release.name())
                                && version.holder().equals(leader.name()))
                .ifPresent(version -> steps.put(RECORDED, millis(lastNanos, version.nanos())));
        witness.first(
                        lastNanos,
                        version -> version.is("pod", release.namespace(), leader.name())
                                && !version.label("pgmahout.io/term").isEmpty())
                .ifPresent(version -> steps.put(LABELLED, millis(lastNanos, version.nanos())));
        witness.first(lastNanos, version -> version.is("service", release.namespace(), release.name() + "-rw"))
                .ifPresent(version -> steps.put(SELECTED, millis(lastNanos, version.nanos())));
        witness.first(
                        lastNanos,
                        version -> version.kind().equals("endpointslice")
                                && version.label("kubernetes.io/service-name").equals(release.name() + "-rw")
                                && String.valueOf(version.object()).contains("\"" + leader.address() + "\""))
                .ifPresent(version -> steps.put(SLICED, millis(lastNanos, version.nanos())));
        steps.put(SERVED, millis(lastNanos, first));
        return steps;
    }

    /** When a rule of one of these names fired first. */
    private static Optional<Instant> logged(List<LoggedEvent> events, String... rules) {
        List<String> wanted = List.of(rules);
        return events.stream()
                .filter(event -> event.is("RULE_CHANGED") && wanted.contains(rule(event)))
                .map(LoggedEvent::at)
                .findFirst();
    }

    private static String rule(LoggedEvent event) {
        String rule = event.field("rule");
        return rule.substring(rule.indexOf(' ') + 1);
    }

    private static long millis(Instant from, Instant to) {
        return to.toEpochMilli() - from.toEpochMilli();
    }

    private static long millis(long from, long to) {
        return (to - from) / 1_000_000;
    }
}
