package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An API server that is away, silent, or refuses what the agents need. */
@ExtendWith(Installed.class)
final class ApiServerScenarios {

    /** Shorter than what is left of a lease that was just renewed. */
    private static final long SHORT_NANOS = Duration.ofSeconds(5).toNanos();

    /** The store lease of the chart's defaults. */
    private static final Duration LEASE = Duration.ofSeconds(15);

    private final Release release;

    ApiServerScenarios(Release release) {
        this.release = release;
    }

    @Test
    @Tag("K6")
    @Tag(Installed.REFUSED)
    void oneThatIsAwayForFiveSecondsIsNoticedByNobody() throws SQLException {
        nobodyNotices("away", "stop", "start");
    }

    @Test
    @Tag("K6")
    void oneThatAcceptsAndNeverAnswersForFiveSecondsIsNoticedByNobody() throws SQLException {
        nobodyNotices("frozen", "freeze", "thaw");
    }

    private void nobodyNotices(String how, String fault, String end) throws SQLException {
        Pod old = release.primary();
        int term = release.lease().term();
        WritingClient client = release.write();
        long since = System.nanoTime();
        Cluster.run("api", fault);
        Waiting.pause(SHORT_NANOS);
        Cluster.run("api", end);
        client.awaitWrites(100, Limits.MINUTE);
        WritingClient.Outage gap = client.outageSince(since);
        Report.tell("longest gap while the API server was " + how + " for 5 s", gap);
        assertThat(gap.length()).isLessThan(Duration.ofSeconds(3));
        release.holds(client, Long.MAX_VALUE);
        assertThat(release.primary().uid()).isEqualTo(old.uid());
        assertThat(release.lease().term()).isEqualTo(term);
    }

    @Test
    @Tag("K6")
    @Tag(Installed.REFUSED)
    void oneThatIsAwayForLongerThanTheLeaseStopsThePrimaryWhichSaysSo() throws SQLException {
        Pod old = release.primary();
        WritingClient client = release.write();
        Instant begun = Instant.now();
        long since = System.nanoTime();
        Cluster.run("api", "stop");
        long stopped;
        try {
            Waiting.until("the last commit", Limits.MINUTE, () -> quietFor(client, Duration.ofSeconds(2)));
            stopped = client.acknowledged().getLast().nanos();
        } finally {
            Cluster.run("api", "start");
        }
        assertThat(Duration.ofNanos(stopped - since)).isLessThanOrEqualTo(LEASE);
        client.awaitWrites(50, Limits.MINUTE);
        release.awaitHealthy(Limits.BOOT);
        List<String> codes = release.events(old, begun).stream()
                .map(LoggedEvent::code)
                .filter(code -> code.equals("STORE_LOST") || code.equals("PERMIT_LAPSED") || code.equals("STORE_BACK"))
                .toList();
        assertThat(codes).containsExactly("STORE_LOST", "PERMIT_LAPSED", "STORE_BACK");
        Report.tell(
                "an API server that is away for long: the last commit after",
                "%.1f s".formatted((stopped - since) / 1e9));
        release.holds(client, Long.MAX_VALUE);
    }

    private static boolean quietFor(WritingClient client, Duration time) {
        return System.nanoTime() - client.acknowledged().getLast().nanos() > time.toNanos();
    }

    /** For less than the lease: as an outage of the API server. */
    @Test
    @Tag("K7")
    @Tag(Installed.REFUSED)
    void rightsThatAreTakenAwayAreNamedOnceAndNothingElseHappens() throws SQLException {
        Pod old = release.primary();
        int term = release.lease().term();
        WritingClient client = release.write();
        Instant begun = Instant.now();
        long since = System.nanoTime();
        release.kubectl("patch", "role", release.name(), "--type=json", "--patch=" + leaseVerbs("get", "watch"));
        try {
            release.event(old, "STORE_LOST", begun);
        } finally {
            release.kubectl(
                    "patch", "role", release.name(), "--type=json", "--patch=" + leaseVerbs("get", "update", "watch"));
        }
        release.event(old, "STORE_BACK", begun);
        release.holds(client, Long.MAX_VALUE);
        List<LoggedEvent> lost = release.events(old, begun).stream()
                .filter(event -> event.is("STORE_LOST"))
                .toList();
        assertThat(lost).hasSize(1);
        assertThat(lost.getFirst().field("detail")).contains("cannot update resource \"leases\"");
        assertThat(client.outageSince(since).length()).isLessThan(Duration.ofSeconds(3));
        assertThat(release.primary().uid()).isEqualTo(old.uid());
        assertThat(release.lease().term()).isEqualTo(term);
    }

    /** The chart's first rule: the one Lease. */
    private static String leaseVerbs(String... verbs) {
        return "[{\"op\":\"replace\",\"path\":\"/rules/0/verbs\",\"value\":[\"" + String.join("\",\"", verbs) + "\"]}]";
    }
}
