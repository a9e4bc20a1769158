package io.pgmahout.tests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.ClusterException;
import io.pgmahout.tests.cluster.ClusterOptions;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever strangers send to the ports of the agents, the cluster goes on as if nothing were. */
class HostileInputTest {

    private static final Duration TIME = Duration.ofSeconds(15);
    private static final int MANY = 10_000;

    /** Between two commits; a busy machine may take its time. */
    private static final Duration LONGEST_GAP = Duration.ofSeconds(3);

    /** An agent that grows with each of the ten thousand would need ten times as much; how much its JVM keeps of the heap varies. */
    private static final long GROWTH_KB = 96 * 1024;

    @ParameterizedTest
    @Tag("S14")
    @Tag("O3")
    @ValueSource(booleans = {false, true})
    void garbageHalfFramesAndSlowAndManyConnectionsHaveNoEffect(boolean tls) throws Exception {
        ClusterOptions options = tls ? Scenario.PATIENT.withTls().withToken() : Scenario.PATIENT;
        try (LocalCluster cluster = Scenario.formed(options)) {
            Oracle oracle = new Oracle(cluster);
            LocalMember primary = oracle.begins();
            String before = Scenario.standing(cluster);
            long memory = residentKb(primary);
            try (WritingClient client = WritingClient.start(cluster, primary, "postgres")) {
                client.awaitWrites(20, Scenario.LIMIT);
                assail(cluster);
                flood(primary);
                assertThat(oracle.holds(client)).isEqualTo(primary);
                assertThat(longestGap(client.acknowledged())).isLessThan(LONGEST_GAP);
            }
            assertThat(Scenario.standing(cluster)).isEqualTo(before);
            assertThat(residentKb(primary) - memory)
                    .as("kB that the agent grew by")
                    .isLessThan(GROWTH_KB);
            for (LocalMember member : cluster.members()) {
                assertThat(Scenario.logged(member, "PERMIT_LAPSED", "")).isZero();
                assertThat(Scenario.logged(member, "TERM_TAKEN", "")).isLessThanOrEqualTo(1);
                assertToldOf(member);
            }
            assertThat(Scenario.logged(primary, "PORT_CROWDED", "admin port")).isBetween(1L, 3L);
            assertThat(Scenario.logged(primary, "PORT_CROWDED", "gossip port")).isBetween(1L, 3L);
        }
    }

    private static void assail(LocalCluster cluster) {
        try (Assault assault = new Assault()) {
            for (LocalMember member : cluster.members()) {
                LocalMember other = cluster.membersBut(member).getFirst();
                assault.onGossip(member.gossipAddress(), "demo", other.name());
                assault.onAdmin(member.adminAddress());
            }
            Waiting.pause(TIME.toNanos());
            assertThat(assault.connections()).as("connections of strangers").isGreaterThan(100);
        }
    }

    /** Ten thousand connections on each port; the port is asked for the agent's health all the time. */
    private static void flood(LocalMember member) throws IOException {
        for (String address : List.of(member.gossipAddress(), member.adminAddress())) {
            for (int i = 0; i < 10; i++) {
                Assault.flood(address, MANY / 10);
                Waiting.until("an answer under the flood", Duration.ofSeconds(10), () -> isLive(member));
            }
        }
    }

    private static boolean isLive(LocalMember member) {
        try {
            return member.admin().get("/liveness").status() == 200;
        } catch (ClusterException closed) {
            return false;
        }
    }

    /** Once a minute for each address and kind, however much came. */
    private static void assertToldOf(LocalMember member) {
        assertThat(Scenario.logged(member, "HOSTILE_BYTES", "127.0.0.1")).isBetween(1L, 4L);
        assertThat(member.agentLog().lines().filter(line -> line.contains("\"level\":\"WARN\"")))
                .as("warnings of " + member)
                .hasSizeLessThan(60);
    }

    private static Duration longestGap(List<WritingClient.Acknowledged> all) {
        long longest = 0;
        for (int i = 1; i < all.size(); i++) {
            longest = Math.max(longest, all.get(i).nanos() - all.get(i - 1).nanos());
        }
        return Duration.ofNanos(longest);
    }

    private static long residentKb(LocalMember member) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(member.agentPid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
