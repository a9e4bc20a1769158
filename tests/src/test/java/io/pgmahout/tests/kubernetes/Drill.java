package io.pgmahout.tests.kubernetes;

import io.pgmahout.tests.cluster.Waiting;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One fault and what came of it, as a client of {@code -rw} saw it.
 *
 * @param outage the longest time without a commit, in seconds
 * @param lost commits that were acknowledged, to whomever, and are gone
 * @param together from the first commit of the new primary to the last one of the old that was begun after it, in seconds
 * @param steps milliseconds from the last commit of before; empty where the same primary goes on
 */
record Drill(double outage, int lost, double together, Map<Step, Long> steps) {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    static Drill run(Release release, Witness witness, Fault fault) throws SQLException, IOException {
        release.awaitHealthy(Limits.BOOT);
        // Until a new primary has written that a majority's promises are enough again.
        Waiting.until("the rule QUORUM", LIMIT, () -> release.lease().quorum());
        release.table();
        Pod old = release.primary();
        witness.begin();
        List<InsideClient> inside = new ArrayList<>();
        try (ServiceClient client = ServiceClient.start(release.url(release.address("rw")))) {
            if (fault.inside()) {
                inside.add(InsideClient.start(release, old, 0));
            }
            long since = System.nanoTime();
            fault.happens().accept(release, old);
            try {
                Waiting.pause(fault.lasts().toNanos());
                if (fault.failsOver()) {
                    Waiting.until("a commit elsewhere", LIMIT, () -> elsewhere(client, old) > 0);
                }
            } finally {
                fault.ends().accept(release, old);
            }
            client.awaitWrites(200, LIMIT);
            release.awaitHealthy(Limits.BOOT);
            client.awaitWrites(10, LIMIT);
            client.end();
            inside.forEach(InsideClient::close);
            return judge(release, witness, old, client, inside, since);
        } finally {
            inside.forEach(InsideClient::close);
        }
    }

    private static long elsewhere(ServiceClient client, Pod old) {
        return client.acknowledged().stream()
                .filter(one -> !one.server().equals(old.address()))
                .mapToLong(ServiceClient.Acknowledged::nanos)
                .findFirst()
                .orElse(0);
    }

    private static Drill judge(
            Release release, Witness witness, Pod old, ServiceClient client, List<InsideClient> inside, long since)
            throws SQLException {
        List<ServiceClient.Acknowledged> all = client.acknowledged();
        long longest = 0;
        long from = 0;
        for (int i = 1; i < all.size(); i++) {
            long gap = all.get(i).nanos() - all.get(i - 1).nanos();
            if (all.get(i).nanos() > since && gap > longest) {
                longest = gap;
                from = all.get(i - 1).nanos();
            }
        }
        Set<Long> there = release.rows();
        long lost = all.stream().filter(one -> !there.contains(one.value())).count()
                + inside.stream()
                        .flatMap(one -> one.acknowledged().stream())
                        .filter(one -> !there.contains(one.value()))
                        .count();
        long first = elsewhere(client, old);
        // What was sent before, and is answered late because of the fault, was written before.
        long last = Stream.concat(
                        all.stream()
                                .filter(one -> one.server().equals(old.address()) && one.begun() > first)
                                .map(ServiceClient.Acknowledged::nanos),
                        inside.stream()
                                .flatMap(one -> one.acknowledged().stream())
                                .filter(one -> one.begun() > first)
                                .map(InsideClient.Acknowledged::nanos))
                .max(Long::compare)
                .orElse(first);
        Map<Step, Long> steps = Map.of();
        Pod leader = release.primary();
        if (!leader.name().equals(old.name())) {
            Instant at = Instant.now().minusNanos(System.nanoTime() - from);
            steps = Step.of(release, witness, leader, at, from, from + longest);
        }
        return new Drill(longest / 1e9, (int) lost, first == 0 ? 0 : (last - first) / 1e9, steps);
    }
}
