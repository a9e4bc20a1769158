package io.pgmahout.tests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.model.EventCode;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The common oracle: what must hold after every scenario, whatever it did. */
final class Oracle {
    static final Duration WHOLE = Duration.ofSeconds(90);

    private final LocalCluster cluster;
    private final ErrorLines errors = new ErrorLines();
    private Set<EventCode> called = Set.of();

    Oracle(LocalCluster cluster) {
        this.cluster = cluster;
    }

    /** A scenario begins: from here on no event at ERROR may be logged that {@link #callsFor} does not name. */
    LocalMember begins() throws SQLException {
        LocalMember primary = holds();
        called = Set.of();
        return primary;
    }

    /** The scenario causes these events. */
    void callsFor(EventCode... codes) {
        called = Set.of(codes);
    }

    /** One writable server, every other streams from it on its timeline, and every acknowledged row is everywhere. */
    LocalMember holds(WritingClient client) throws SQLException {
        return holds(client, row -> true);
    }

    /**
     * The same with acknowledged rows that the mode does not promise.
     *
     * @param promised the rows that must be there
     */
    LocalMember holds(WritingClient client, Predicate<WritingClient.Acknowledged> promised) throws SQLException {
        LocalMember primary = holds();
        client.awaitWrites(20, WHOLE);
        long last = client.acknowledged().stream()
                .filter(promised)
                .toList()
                .getLast()
                .value();
        for (LocalMember member : cluster.members()) {
            Waiting.until("row " + last + " at " + member, WHOLE, () -> has(member, last));
            assertThat(client.missingAt(member, "postgres"))
                    .as("acknowledged rows missing at %s", member)
                    .noneMatch(promised.and(row -> row.value() <= last));
        }
        return primary;
    }

    /** Waits until every member has a row that was just acknowledged; its value. All before it are there too. */
    long replicated(WritingClient client) {
        long value = client.acknowledged().getLast().value();
        for (LocalMember member : cluster.members()) {
            Waiting.until("row " + value + " at " + member, WHOLE, () -> has(member, value));
        }
        return value;
    }

    LocalMember holds() throws SQLException {
        LocalMember primary = cluster.awaitWhole(WHOLE);
        assertThat(cluster.writable()).as("writable servers").containsExactly(primary);
        String timeline = timeline(primary);
        for (LocalMember standby : cluster.membersBut(primary)) {
            assertThat(standby.agentRuns() || standby.postmaster().isPresent())
                    .as(() -> "%s has an agent, or a server at least; the agent said at last: %s"
                            .formatted(standby, lastLine(standby)))
                    .isTrue();
            assertThat(standby.query("SELECT pg_is_in_recovery()")).isEqualTo("t");
            Waiting.until(
                    "timeline of " + standby, WHOLE, () -> timeline(standby).equals(timeline));
        }
        Set<String> allowed = called.stream().map(EventCode::name).collect(Collectors.toSet());
        // Every store here is on the disk of one busy machine: that it stalls for a second is no scenario's doing.
        allowed.add(EventCode.STORE_LOST.name());
        assertThat(errors.unexpected(cluster, allowed))
                .as("lines at ERROR that the scenario does not call for")
                .isEmpty();
        return primary;
    }

    private static String lastLine(LocalMember member) {
        return member.agentLog().lines().reduce("nothing", (before, line) -> line);
    }

    private static String timeline(LocalMember member) {
        try {
            return member.query("SELECT CASE WHEN pg_is_in_recovery()"
                    + " THEN (SELECT received_tli FROM pg_stat_wal_receiver)::text"
                    + " ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int::text END");
        } catch (SQLException e) {
            return member + ": " + e.getMessage();
        }
    }

    private static boolean has(LocalMember member, long value) {
        try {
            return member.query("SELECT count(*) FROM writes WHERE value = " + value)
                    .equals("1");
        } catch (SQLException e) {
            return false;
        }
    }
}
