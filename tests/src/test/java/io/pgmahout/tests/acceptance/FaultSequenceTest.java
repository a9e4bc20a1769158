package io.pgmahout.tests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.WritingClient;
import io.pgmahout.tests.cluster.WritingClient.Acknowledged;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Faults drawn from a seed befall a cluster under load, one after the other; the oracle holds after each. The same seed
 * draws the same faults: {@code -Dpgmahout.tests.seed=N}.
 */
class FaultSequenceTest {
    private static final List<Fault> FAULTS = List.of(Fault.values());
    private static final int COUNT = Integer.getInteger("pgmahout.tests.faults", 10);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int LONGEST_MS = 8_000;

    @Test
    void oracleHoldsAfterEachOfTheFaultsThatASeedDraws(TestReporter reporter) throws SQLException {
        long seed = Long.getLong("pgmahout.tests.seed", 1);
        reporter.publishEntry("seed", Long.toString(seed));
        Random random = new Random(seed);
        try (NetworkedCluster all = NetworkedCluster.form()) {
            LocalMember primary = all.oracle().begins();
            all.oracle()
                    .callsFor(
                            EventCode.STORE_LOST,
                            EventCode.PERMIT_LAPSED,
                            EventCode.FAILSAFE_MISSING,
                            EventCode.GATE_LOST);
            try (WritingClient client = WritingClient.start(all.cluster(), primary, "postgres")) {
                for (int i = 1; i <= COUNT; i++) {
                    Fault fault = FAULTS.get(random.nextInt(FAULTS.size()));
                    int half = random.nextInt(6);
                    Duration time = Duration.ofMillis(random.nextInt(100, LONGEST_MS));
                    // Half of them befall the primary.
                    LocalMember victim = half < 3
                            ? primary
                            : all.cluster().membersBut(primary).get(half % 2);
                    String what = "seed %d, fault %d: %s at %s %s for %d ms"
                            .formatted(
                                    seed, i, fault, victim == primary ? "primary" : "standby", victim, time.toMillis());
                    reporter.publishEntry("fault", what);
                    primary = holdsAfter(all, client, primary, fault, victim, time, what);
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    private static LocalMember holdsAfter(
            NetworkedCluster all,
            WritingClient client,
            LocalMember primary,
            Fault fault,
            LocalMember victim,
            Duration time,
            String what)
            throws SQLException {
        client.awaitWrites(20, LIMIT);
        long replicated = all.oracle().replicated(client);
        int first = client.acknowledged().size();
        long term = term(primary);
        fault.begin(all, victim);
        try {
            long end = System.nanoTime() + time.toNanos();
            await().atMost(time.plus(LIMIT)).until(() -> System.nanoTime() > end);
        } finally {
            fault.end(all, victim);
        }
        LocalMember now = all.oracle().holds();
        all.oracle().holds(client, promised(client, first, replicated, now));
        List<Acknowledged> rows = client.acknowledged();
        assertThat(changesOfWriter(rows.subList(first, rows.size())))
                .as("%s: changes of the writer", what)
                .isLessThanOrEqualTo(term(now) - term);
        return now;
    }

    /**
     * Asynchronous replication promises what was everywhere before, and what the present primary acknowledged since it was
     * the only one to write.
     */
    private static Predicate<Acknowledged> promised(WritingClient client, int first, long replicated, LocalMember now) {
        List<Acknowledged> rows = client.acknowledged();
        long since = rows.subList(first, rows.size()).stream()
                .filter(row -> !row.member().equals(now.name()))
                .mapToLong(Acknowledged::nanos)
                .max()
                .orElse(Long.MIN_VALUE);
        return row -> row.value() <= replicated || row.member().equals(now.name()) && row.begun() > since;
    }

    /** Two that write at once would take turns all the time. */
    private static long changesOfWriter(List<Acknowledged> rows) {
        long changes = 0;
        for (int i = 1; i < rows.size(); i++) {
            if (!rows.get(i).member().equals(rows.get(i - 1).member())) {
                changes++;
            }
        }
        return changes;
    }

    private static long term(LocalMember member) {
        JsonObject status = member.admin().status().orElseThrow();
        return Long.parseLong(LocalCluster.text(status.getAsJsonObject("record"), "term"));
    }
}
