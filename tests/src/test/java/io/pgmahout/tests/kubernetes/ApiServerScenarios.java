package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An API server that is away, silent, or refuses what the agents need. */
@ExtendWith(Installed.class)
final class ApiServerScenarios {

    /** Shorter than what is left of a lease that was just renewed. */
    private static final long SHORT_NANOS = Duration.ofSeconds(5).toNanos();

    /** Longer than the store lease, and than nodes are waited for before their pods are called unready. */
    private static final long LONG_NANOS = Duration.ofSeconds(Long.getLong("pgmahout.tests.api-away-seconds", 60))
            .toNanos();

    private final Release release;

    ApiServerScenarios(Release release) {
        this.release = release;
    }

    @AfterEach
    void awaitServices() {
        release.awaitServices();
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

    /** By the word of its voters, and through the Service too, also when the nodes are called unready afterwards. */
    @Test
    @Tag("K6")
    @Tag(Installed.REFUSED)
    void oneThatIsAwayForLongerThanTheLeaseIsNoticedByNobody() throws SQLException {
        Pod old = release.primary();
        int term = release.lease().term();
        WritingClient client = release.write();
        Instant begun = Instant.now();
        long since = System.nanoTime();
        Duration gap;
        try (KnockingClient visitor = KnockingClient.start(release.url(release.address("rw")))) {
            Cluster.run("api", "stop");
            try {
                Waiting.pause(LONG_NANOS);
            } finally {
                Cluster.run("api", "start");
            }
            release.event(old, "FAILSAFE_LEFT", begun);
            release.awaitHealthy(Limits.BOOT);
            client.awaitWrites(100, Limits.MINUTE);
            gap = visitor.longestGap(since);
        }
        Report.tell("longest gap while the API server was away for long", client.outageSince(since));
        Report.tell("the same for new connections through -rw", gap.toMillis() + " ms");
        assertThat(client.outageSince(since).length()).isLessThan(Duration.ofSeconds(3));
        assertThat(gap).as("between answers through -rw").isLessThan(Duration.ofSeconds(3));
        List<String> codes = release.events(old, begun).stream()
                .map(LoggedEvent::code)
                .filter(code -> code.startsWith("STORE_") || code.startsWith("FAILSAFE_") || code.startsWith("PERMIT_"))
                .toList();
        assertThat(codes).containsExactlyInAnyOrder("STORE_LOST", "FAILSAFE_ENTERED", "STORE_BACK", "FAILSAFE_LEFT");
        release.holds(client, Long.MAX_VALUE);
        assertThat(release.primary().uid()).isEqualTo(old.uid());
        assertThat(release.lease().term()).isEqualTo(term);
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
