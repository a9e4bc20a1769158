package io.pgmahout.tests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.tests.cluster.EtcdNode;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Network;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import io.pgmahout.tests.cluster.WritingClient.Acknowledged;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A cluster of three members in network namespaces of their own, with a real etcd in another and TLS between all, is cut
 * apart, under clients that stand beside each member: a member that is cut off keeps its client.
 */
class PartitionTest {
    /** Far above what the benchmark must show: a busy machine may take its time. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final Duration STORE_LEASE = NetworkedCluster.STORE_LEASE;

    /** Far above every lease here; the release run takes 60 s. */
    private static final Duration FROZEN = Duration.ofSeconds(Long.getLong("pgmahout.tests.frozen-seconds", 25));

    /** Above two store leases; the release run takes five minutes. */
    private static final Duration AWAY = Duration.ofSeconds(Long.getLong("pgmahout.tests.store-away-seconds", 26));

    /**
     * Server and gate wake up at once, so what lies in the server's sockets is done until the gate has looked once: the
     * bound that docs/safety.md states, on a machine that is busy.
     */
    private static final Duration ONE_CHECK = Duration.ofMillis(500);

    private static NetworkedCluster all;
    private static Network network;
    private static EtcdNode etcd;
    private static LocalCluster cluster;
    private static Oracle oracle;

    private LocalMember primary;
    private WritingClient client;

    /** How a member loses all others and the store. */
    enum Cut {
        NOTHING_PASSES,
        WHAT_IT_SENDS_IS_LOST,
        WHAT_OTHERS_SEND_TO_IT_IS_LOST,
        ITS_LINK_IS_DOWN;

        void apply(Network network, String member) {
            switch (this) {
                case NOTHING_PASSES -> network.isolate(member);
                case WHAT_IT_SENDS_IS_LOST -> network.mute(member);
                case WHAT_OTHERS_SEND_TO_IT_IS_LOST -> network.deafen(member);
                case ITS_LINK_IS_DOWN -> network.unplug(member);
            }
        }
    }

    @BeforeAll
    static void form() throws SQLException {
        all = NetworkedCluster.form();
        network = all.network();
        etcd = all.etcd();
        cluster = all.cluster();
        oracle = all.oracle();
    }

    @AfterAll
    static void end() {
        if (all != null) {
            all.close();
        }
    }

    @BeforeEach
    void write() throws SQLException {
        primary = oracle.begins();
        client = WritingClient.start(cluster, primary, "postgres");
        client.awaitWrites(20, LIMIT);
    }

    @AfterEach
    void stopWriting() {
        network.heal();
        client.close();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("S1")
    void primaryCutOffFromPeersAndStoreStopsBeforeAStandbyLeads(Cut cut, TestReporter reporter) throws SQLException {
        oracle.callsFor(EventCode.STORE_LOST, EventCode.PERMIT_LAPSED, EventCode.FAILSAFE_MISSING);
        long promised = oracle.replicated(client);
        cut.apply(network, primary.name());
        long since = System.nanoTime();
        reporter.publishEntry("from the last commit to the next writer's first", gapAfter(since));
        network.heal();
        follows(promised);
        assertThat(acknowledgedAt(primary, since)).as("commits in the cut").isNotEmpty();
        if (cut != Cut.WHAT_OTHERS_SEND_TO_IT_IS_LOST) {
            areNowhere(acknowledgedAt(primary, since));
        }
    }

    @Test
    @Tag("S3")
    void primaryCutOffFromPeersAloneGoesOnByTheRecord() throws SQLException {
        String term = record("term");
        network.cutFromPeers(primary.name());
        Waiting.until("the record says TTL", LIMIT, () -> record("takeover").equals("TTL"));
        onlyThePrimaryWritesFor(STORE_LEASE.multipliedBy(3).dividedBy(2));
        assertThat(record("term")).isEqualTo(term);
        network.heal();
        assertThat(oracle.holds(client)).isEqualTo(primary);
    }

    @Test
    @Tag("S2")
    void primaryCutOffFromTheStoreAloneGoesOnByTheOthersWord() throws SQLException {
        oracle.callsFor(EventCode.STORE_LOST);
        goesOnWithoutTheStore(() -> network.cutFromStore(primary.name()), network::heal);
    }

    @Test
    @Tag("S6")
    void storeThatIsAwayForLongMovesNothing() throws SQLException {
        oracle.callsFor(EventCode.STORE_LOST);
        goesOnWithoutTheStore(() -> etcd.signal("STOP"), () -> etcd.signal("CONT"));
    }

    private void goesOnWithoutTheStore(Runnable takeAway, Runnable bringBack) throws SQLException {
        String term = record("term");
        long left = told(EventCode.FAILSAFE_LEFT);
        takeAway.run();
        try {
            onlyThePrimaryWritesFor(AWAY);
        } finally {
            bringBack.run();
        }
        Waiting.until("the store lease counts again", LIMIT, () -> told(EventCode.FAILSAFE_LEFT) > left);
        assertThat(oracle.holds(client)).isEqualTo(primary);
        assertThat(record("term")).isEqualTo(term);
    }

    /** It goes on when that one is back, still without the store. */
    @Test
    @Tag("S7")
    void primaryWithoutTheStoreStopsWhereAStandbyIsMissingAndSaysSo() throws SQLException {
        oracle.callsFor(EventCode.STORE_LOST, EventCode.PERMIT_LAPSED, EventCode.FAILSAFE_MISSING);
        LocalMember standby = cluster.membersBut(primary).getFirst();
        etcd.signal("STOP");
        try {
            standby.loseNode();
            Waiting.until(
                    "the primary stops",
                    STORE_LEASE.plus(LIMIT),
                    () -> cluster.writable().isEmpty());
            assertThat(primary.agentLog().lines())
                    .anyMatch(line -> line.contains(EventCode.FAILSAFE_MISSING.name())
                            && line.contains("\"members\":\"" + standby.name() + "\""));
            standby.start();
            Waiting.until("the primary goes on", LIMIT, () -> cluster.writable().equals(List.of(primary)));
            client.awaitWrites(20, LIMIT);
        } finally {
            etcd.signal("CONT");
        }
        assertThat(oracle.holds(client)).isEqualTo(primary);
        assertThat(client.acknowledged()).allMatch(one -> one.member().equals(primary.name()));
    }

    @Test
    void aKeyThatIsDeletedIsMadeAnewByItsHolder() throws SQLException {
        oracle.callsFor(EventCode.RECORD_GONE);
        int term = Integer.parseInt(record("term"));
        etcd.remove("/pgmahout/" + Scenario.PATIENT.name());
        Waiting.until("a higher term", LIMIT, () -> record("term").equals(Integer.toString(term + 1)));
        assertThat(oracle.holds(client)).isEqualTo(primary);
        assertThat(client.acknowledged()).allMatch(one -> one.member().equals(primary.name()));
    }

    /** Its holder cannot reach it, and does not make it anew once its leases have ended. */
    @Test
    @Tag("S1")
    void aKeyThatIsDeletedWhileItsHolderIsCutOffStaysGone() throws SQLException {
        oracle.callsFor(
                EventCode.RECORD_GONE, EventCode.STORE_LOST, EventCode.PERMIT_LAPSED, EventCode.FAILSAFE_MISSING);
        String key = "/pgmahout/" + Scenario.PATIENT.name();
        String copy = etcd.get(key);
        network.isolate(primary.name());
        etcd.remove(key);
        await().during(STORE_LEASE)
                .atMost(STORE_LEASE.plus(LIMIT))
                .until(() -> etcd.get(key).isEmpty());
        network.heal();
        await().during(STORE_LEASE)
                .atMost(STORE_LEASE.plus(LIMIT))
                .until(() -> etcd.get(key).isEmpty() && cluster.writable().isEmpty());
        etcd.put(key, copy);
        oracle.holds();
    }

    @Test
    @Tag("S1")
    @Tag("S3")
    void primaryThatLosesTheStoreAfterItsPeersStopsWithItsStoreLease(TestReporter reporter) throws SQLException {
        oracle.callsFor(EventCode.STORE_LOST, EventCode.PERMIT_LAPSED, EventCode.FAILSAFE_MISSING);
        long promised = oracle.replicated(client);
        network.cutFromPeers(primary.name());
        long since = System.nanoTime();
        Waiting.until("the record says TTL", LIMIT, () -> record("takeover").equals("TTL"));
        network.isolate(primary.name());
        reporter.publishEntry("from the last commit to the next writer's first", gapAfter(since));
        network.heal();
        follows(promised);
        areNowhere(acknowledgedAt(primary, since));
    }

    @Test
    @Tag("S5")
    void frozenPrimaryAcceptsNothingOnceItWakesUp(TestReporter reporter) throws SQLException {
        oracle.callsFor(EventCode.STORE_LOST, EventCode.PERMIT_LAPSED, EventCode.FAILSAFE_MISSING);
        long promised = oracle.replicated(client);
        try (PatientClients patient = new PatientClients(primary, 8)) {
            long since = System.nanoTime();
            primary.signalAll("STOP");
            long awake;
            try {
                reporter.publishEntry("from the last commit to the next writer's first", gapAfter(since));
                Waiting.until(
                        "the time it is frozen",
                        FROZEN.plus(LIMIT),
                        () -> System.nanoTime() - since > FROZEN.toNanos());
            } finally {
                awake = System.nanoTime();
                primary.signalAll("CONT");
            }
            patient.awaitEnd(LIMIT);
            follows(promised);
            assertThat(acknowledgedAt(primary, awake))
                    .as("commits after the wake-up")
                    .isEmpty();
            List<Long> woken = patient.acknowledgedAfter(awake);
            reporter.publishEntry("commits that lay in the sockets of the server that woke up", "" + woken.size());
            assertThat(woken).as("milliseconds after the wake-up").allMatch(at -> at < ONE_CHECK.toMillis());
        }
    }

    @Test
    void storeThatHangsForLessThanItsLeaseMovesNothing() throws SQLException {
        oracle.callsFor(EventCode.STORE_LOST);
        String term = record("term");
        etcd.signal("STOP");
        try {
            onlyThePrimaryWritesFor(STORE_LEASE.multipliedBy(2).dividedBy(5));
        } finally {
            etcd.signal("CONT");
        }
        assertThat(oracle.holds(client)).isEqualTo(primary);
        assertThat(record("term")).isEqualTo(term);
    }

    @Test
    void storeThatIsKilledAndBackWithinItsLeaseMovesNothing() throws SQLException {
        oracle.callsFor(EventCode.STORE_LOST);
        String term = record("term");
        etcd.kill();
        try {
            onlyThePrimaryWritesFor(STORE_LEASE.dividedBy(5));
        } finally {
            etcd.restart();
        }
        assertThat(oracle.holds(client)).isEqualTo(primary);
        assertThat(record("term")).isEqualTo(term);
    }

    /** How often the primary's agent has told of something. */
    private long told(EventCode code) {
        return primary.agentLog()
                .lines()
                .filter(line -> line.contains("\"event\":\"" + code + "\""))
                .count();
    }

    /**
     * Waits for the first commit elsewhere and proves that the last one of the primary before was acknowledged before it
     * was even asked for; how far they lie apart. There were commits beside the primary after {@code since}.
     */
    private String gapAfter(long since) {
        client.awaitWriteAnew(primary.name(), since, LIMIT);
        client.awaitWrites(20, LIMIT);
        Acknowledged last = acknowledgedAt(primary, Long.MIN_VALUE).getLast();
        Acknowledged next = client.acknowledged().stream()
                .filter(one -> !one.member().equals(primary.name()))
                .findFirst()
                .orElseThrow();
        assertThat(last.nanos()).as("%s before %s", last, next).isLessThan(next.begun());
        return Duration.ofNanos(next.begun() - last.nanos()).toMillis() + " ms";
    }

    /** The common oracle without what the primary of before may have accepted alone; another leads. */
    private void follows(long promised) throws SQLException {
        LocalMember now = oracle.holds(
                client, row -> row.value() <= promised || !row.member().equals(primary.name()));
        assertThat(now).isNotEqualTo(primary);
    }

    /** What one member accepted and nobody else could receive is gone with the rewind. */
    private static void areNowhere(List<Acknowledged> rows) throws SQLException {
        String values = rows.stream().map(row -> ", " + row.value()).collect(Collectors.joining("", "(0", ")"));
        for (LocalMember member : cluster.members()) {
            assertThat(member.query("SELECT count(*) FROM writes WHERE value IN " + values))
                    .as("at %s", member)
                    .isEqualTo("0");
        }
    }

    /** What a member acknowledged of statements that were sent after {@code since}. */
    private List<Acknowledged> acknowledgedAt(LocalMember member, long since) {
        return client.acknowledged().stream()
                .filter(one -> one.member().equals(member.name()) && one.begun() > since)
                .toList();
    }

    private void onlyThePrimaryWritesFor(Duration time) {
        await().during(time)
                .atMost(time.plus(LIMIT))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> cluster.writable().equals(List.of(primary)));
        client.awaitWrites(20, LIMIT);
        assertThat(client.acknowledged()).allMatch(one -> one.member().equals(primary.name()));
    }

    /** A field of the record as the primary's agent knows it. */
    private String record(String field) {
        return primary.admin()
                .status()
                .map(status -> status.get("record"))
                .filter(record -> record instanceof JsonObject)
                .map(record -> LocalCluster.text(record.getAsJsonObject(), field))
                .orElse("");
    }
}
