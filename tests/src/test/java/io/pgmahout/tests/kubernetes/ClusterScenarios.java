package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The chart, installed with no values on three nodes, through what happens there. Not one of the tests that Maven finds by
 * itself: {@code tests/kubernetes/run} makes the cluster, and runs it in its network.
 */
final class ClusterScenarios {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** Of a node that boots and brings its pod back. */
    private static final Duration BOOT = Duration.ofMinutes(3);

    /** What had not reached a standby when the primary was lost may be gone. */
    private static final long ASYNCHRONOUS = Duration.ofSeconds(1).toNanos();

    private static final long GATE_LOOK = Duration.ofMillis(100).toNanos();

    private static Release release;

    @BeforeAll
    static void install() {
        release = Release.installed();
    }

    private static void helm(String verb, String... values) {
        Release.helm(verb, values);
    }

    @BeforeEach
    void healthy() {
        // Each scenario leaves it so.
        release.awaitHealthy(MINUTE);
    }

    @Test
    @Tag("K1")
    void threeMembersStreamOnThreeNodes() {
        assertThat(Release.pods()).extracting(Pod::node).containsExactlyInAnyOrder("node1", "node2", "node3");
        assertThat(release.member(Release.primary().name()).get("role").getAsString())
                .isEqualTo("primary");
    }

    @Test
    void gateAndAgentShareClockUserAndDirectoriesButNoProcesses() {
        for (Pod pod : Release.pods()) {
            String gate = Cluster.inContainer(pod.name(), "postgres", "cat", "/proc/1/cmdline");
            String agent = Cluster.inContainer(pod.name(), "agent", "cat", "/proc/1/cmdline");
            assertThat(gate).startsWith("bash\0/run/pgmahout-gate/pgmahout-gate\0");
            assertThat(agent).contains("io.pgmahout.agent.Program\0agent\0").doesNotContain("/certs/");
            double before = uptime(pod, "agent");
            double between = uptime(pod, "postgres");
            assertThat(between).isBetween(before, uptime(pod, "agent"));
            assertThat(Cluster.inContainer(pod.name(), "postgres", "id", "-u"))
                    .isEqualTo(Cluster.inContainer(pod.name(), "agent", "id", "-u"));
            // Who breaks into PostgreSQL cannot speak for the agent.
            assertThat(Cluster.inContainer(
                            pod.name(), "postgres", "bash", "-c", "ls /var/run/secrets /etc/pgmahout 2>&1 || true"))
                    .contains("cannot access '/var/run/secrets'", "cannot access '/etc/pgmahout'");
        }
    }

    private static double uptime(Pod pod, String container) {
        return Double.parseDouble(Cluster.inContainer(pod.name(), container, "cat", "/proc/uptime")
                .split(" ", 2)[0]);
    }

    @Test
    void agentsFitTheirMemoryAlsoWhileACommandRunsBesideThem() {
        for (Pod pod : Release.pods()) {
            int before = restarts(pod);
            assertThat(Cluster.inContainer(pod.name(), "agent", "pgmahout", "status"))
                    .contains("Healthy.");
            String status = Cluster.inContainer(pod.name(), "agent", "cat", "/proc/1/status");
            long resident = status.lines()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .sum();
            assertThat(resident).as("KiB of " + pod.name()).isBetween(1L, 100 * 1024L);
            assertThat(restarts(pod)).isEqualTo(before);
        }
    }

    /** One of them waits for the other: the container has no memory for two. */
    @Test
    void twoCommandsAtOnceDoNotCostTheAgent() {
        Pod pod = Release.pods().getFirst();
        int before = restarts(pod);
        String both = Cluster.inContainer(
                pod.name(), "agent", "bash", "-c", "pgmahout status & pgmahout explain >/dev/null & wait; echo ended");
        assertThat(both).contains("Healthy.", "ended");
        assertThat(restarts(pod)).isEqualTo(before);
    }

    @Test
    @Tag("K1")
    void theServicesLeadWhereTheirNamesSay() throws SQLException, IOException {
        assertThat(Cluster.helm("test", Release.NAME, "--timeout=150s")).contains("Succeeded");
        Pod old = Release.primary();
        assertThat(Cluster.list("pods", "pgmahout.io/cluster=pg,pgmahout.io/role=primary").stream()
                        .map(Pod::of)
                        .map(Pod::name))
                .containsExactly(old.name());
        WritingClient byPods = release.write();
        byPods.close();
        WritingClient client = release.writeThrough(Release.NAME + "-rw");
        long since = System.nanoTime();
        Cluster.kubectl("delete", "pod", old.name(), "--wait=false");
        client.awaitWriteAnew("rw", since, MINUTE);
        tell("outage through -rw when the primary's pod is deleted", client.outageSince(since));
        client.close();
        awaitOtherPod(old);
        release.awaitHealthy(BOOT);
        Pod second = Release.primary();
        client = release.writeThrough(Release.NAME + "-rw");
        since = System.nanoTime();
        Cluster.run("node", "kill", second.nodeNumber());
        client.awaitWriteAnew("rw", since, MINUTE);
        tell("outage through -rw when the primary's node loses power", client.outageSince(since));
        client.close();
        Cluster.run("node", "start", second.nodeNumber());
        release.awaitHealthy(BOOT);
    }

    private static int restarts(Pod pod) {
        return Cluster.get("pod", pod.name())
                .getAsJsonObject("status")
                .getAsJsonArray("initContainerStatuses")
                .asList()
                .getLast()
                .getAsJsonObject()
                .get("restartCount")
                .getAsInt();
    }

    @Test
    @Tag("K4")
    void aPodThatIsDeletedHandsOverFirst() throws SQLException, IOException {
        Pod old = Release.primary();
        Path log = Files.createTempFile("pgmahout-", ".log");
        Process follower = Cluster.follow(log, "logs", "--follow", "--since=1s", old.name(), "--container=agent");
        WritingClient client = release.write();
        long since = System.nanoTime();
        Cluster.kubectl("delete", "pod", old.name(), "--wait=false");
        client.awaitWriteAnew(old.name(), since, MINUTE);
        tell("outage when the primary's pod is deleted", client.outageSince(since));
        awaitOtherPod(old);
        List<Pod> pods = release.holds(client, Long.MAX_VALUE);
        assertThat(Release.primary().name()).isNotEqualTo(old.name());
        assertThat(pods)
                .filteredOn(pod -> pod.name().equals(old.name()))
                .extracting(Pod::node)
                .containsExactly(old.node());
        Waiting.until("the end of the old agent's log", MINUTE, () -> !follower.isAlive());
        assertThat(Files.readString(log)).containsSubsequence("GATE_TERMINATING", "HANDED_OVER", "AGENT_STOPPING");
        Files.delete(log);
    }

    @Test
    @Tag("K4")
    void aPodThatIsDeletedByForceIsReplaced() throws SQLException, IOException {
        Pod old = Release.primary();
        WritingClient client = release.write();
        long since = System.nanoTime();
        Cluster.kubectl("delete", "pod", old.name(), "--force", "--grace-period=0");
        client.awaitWriteAnew(old.name(), since, MINUTE);
        tell("outage when it is deleted by force", client.outageSince(since));
        awaitOtherPod(old);
        release.holds(client, since - ASYNCHRONOUS);
    }

    @Test
    @Tag("K2")
    void aNodeThatLosesPowerIsReplacedAndComesBackOnItsVolume() throws SQLException, IOException {
        Pod old = Release.primary();
        WritingClient client = release.write();
        long since = System.nanoTime();
        Cluster.run("node", "kill", old.nodeNumber());
        client.awaitWriteAnew(old.name(), since, MINUTE);
        tell("outage when the primary's node loses power", client.outageSince(since));
        // Nobody has told the API server yet.
        assertThat(Pod.of(Cluster.get("pod", old.name()))).isEqualTo(old);
        assertThat(Release.primary().name()).isNotEqualTo(old.name());
        Cluster.run("node", "start", old.nodeNumber());
        release.awaitHealthy(BOOT);
        release.holds(client, since - ASYNCHRONOUS);
        assertThat(release.member(old.name()).get("role").getAsString()).isEqualTo("standby");
    }

    @Test
    @Tag("K5")
    void drainingThePrimarysNodeIsOneHandOver() throws SQLException, IOException {
        Pod old = Release.primary();
        int term = term();
        WritingClient client = release.write();
        long since = System.nanoTime();
        Cluster.kubectl("drain", old.node(), "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=120s");
        try {
            client.awaitWriteAnew(old.name(), since, MINUTE);
            tell("outage when the primary's node is drained", client.outageSince(since));
            assertThat(term()).isEqualTo(term + 1);
        } finally {
            Cluster.kubectl("uncordon", old.node());
        }
        awaitOtherPod(old);
        release.holds(client, Long.MAX_VALUE);
    }

    @Test
    @Tag("S11")
    void anAgentThatIsKilledLosesNoRow() throws SQLException, IOException {
        Pod old = Release.primary();
        int term = term();
        int restarts = restarts(old);
        WritingClient client = release.write();
        long since = System.nanoTime();
        Cluster.kill(old, "io.pgmahout.agent.Program");
        Waiting.until("another agent", MINUTE, () -> restarts(old) > restarts);
        release.holds(client, since - ASYNCHRONOUS);
        tell(
                "when the primary's agent is killed",
                (term() == term ? "the same primary, " : "another primary, ") + client.outageSince(since));
    }

    /** Shorter than what is left of a lease that was just renewed. */
    @Test
    @Tag("K6")
    void anApiServerThatIsAwayForFiveSecondsIsNoticedByNobody() throws SQLException, IOException {
        Pod old = Release.primary();
        int term = term();
        WritingClient client = release.write();
        long since = System.nanoTime();
        Cluster.run("api", "stop");
        Waiting.pause(Duration.ofSeconds(5).toNanos());
        Cluster.run("api", "start");
        client.awaitWrites(100, MINUTE);
        WritingClient.Outage gap = client.outageSince(since);
        tell("longest gap while the API server was away for 5 s", gap);
        assertThat(gap.length()).isLessThan(Duration.ofSeconds(3));
        release.holds(client, Long.MAX_VALUE);
        assertThat(Release.primary().uid()).isEqualTo(old.uid());
        assertThat(term()).isEqualTo(term);
    }

    @Test
    @Tag("K9")
    void anUpgradeTakesOnePodAtATimeAndLeavesTheSelectorOfThePrimarysService() throws SQLException, IOException {
        if (!rw().has("selector")) {
            Cluster.kubectl(
                    "patch", "service", Release.NAME + "-rw", "--patch={\"spec\":{\"selector\":{\"of\":\"others\"}}}");
        }
        List<String> before = Release.pods().stream().map(Pod::uid).toList();
        int term = term();
        WritingClient client = release.write();
        helm("upgrade", "--set=podAnnotations.turn=second");
        assertThat(rw().has("selector")).isTrue();
        Waiting.until("other pods in the place of all", BOOT, () -> {
            List<Pod> pods = Release.pods();
            // What the API server has marked to go counts as gone.
            assertThat(pods.stream().filter(pod -> !pod.ready()).count()).isLessThanOrEqualTo(1);
            return pods.size() == 3 && pods.stream().noneMatch(pod -> before.contains(pod.uid()));
        });
        release.holds(client, Long.MAX_VALUE);
        tell("hand-overs of an upgrade", term() - term);
        assertThat(term() - term).isBetween(1, 3);
    }

    private static JsonObject rw() {
        return Cluster.get("service", Release.NAME + "-rw").getAsJsonObject("spec");
    }

    @Test
    void aReleaseThatIsInstalledAgainGoesOnWithItsData() throws SQLException {
        WritingClient client = release.write();
        client.close();
        String lease = uid("lease", Release.NAME);
        String authority = Release.secret(Release.NAME + "-authority", "tls.crt");
        Cluster.helm("uninstall", Release.NAME, "--wait");
        Waiting.until("the end of all pods", BOOT, () -> Release.pods().isEmpty());
        helm("install");
        Waiting.until("new pods", MINUTE, () -> Release.pods().size() == 3);
        release.awaitHealthy(BOOT);
        assertThat(uid("lease", Release.NAME)).isEqualTo(lease);
        assertThat(Release.secret(Release.NAME + "-authority", "tls.crt")).isEqualTo(authority);
        release.holds(client, Long.MAX_VALUE);
    }

    private static String uid(String kind, String name) {
        return Cluster.get(kind, name).getAsJsonObject("metadata").get("uid").getAsString();
    }

    @Test
    @Tag("K3")
    void aNodeThatIsCutOffIsReplacedAndFollowsAfterwards() throws SQLException, IOException {
        Pod old = Release.primary();
        WritingClient client = release.write();
        long since = System.nanoTime();
        try {
            Cluster.run("node", "cut", old.nodeNumber());
            client.awaitWriteAnew(old.name(), since, MINUTE);
            tell("outage when the primary's node is cut off", client.outageSince(since));
            client.awaitWrites(200, MINUTE);
        } finally {
            Cluster.run("node", "heal", old.nodeNumber());
        }
        release.awaitHealthy(BOOT);
        release.holds(client, since - ASYNCHRONOUS);
        assertThat(release.member(old.name()).get("role").getAsString()).isEqualTo("standby");
    }

    @Test
    @Tag("S5")
    void aNodeThatIsFrozenWakesUpAsAStandby() throws SQLException, IOException {
        Pod old = Release.primary();
        WritingClient client = release.write();
        long since = System.nanoTime();
        long thawed;
        try {
            Cluster.run("node", "freeze", old.nodeNumber());
            client.awaitWriteAnew(old.name(), since, MINUTE);
            tell("outage when the primary's node is frozen", client.outageSince(since));
            client.awaitWrites(200, MINUTE);
        } finally {
            Cluster.run("node", "thaw", old.nodeNumber());
            thawed = System.nanoTime();
        }
        release.awaitHealthy(BOOT);
        // Within the bound that docs/safety.md states: one look of the gate.
        assertThat(client.acknowledged().stream()
                        .filter(one ->
                                one.begun() > thawed + GATE_LOOK && one.member().equals(old.name()))
                        .toList())
                .as("rows that the old primary took after its sleep")
                .isEmpty();
        release.holds(client, since - ASYNCHRONOUS);
        assertThat(release.member(old.name()).get("role").getAsString()).isEqualTo("standby");
    }

    /** For the end of the run, where a person reads it. */
    private static void tell(String what, Object figure) throws IOException {
        Files.writeString(
                Path.of("target/kubernetes.txt"),
                what + ": " + figure + System.lineSeparator(),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private static int term() {
        return Cluster.get("lease", Release.NAME)
                .getAsJsonObject("spec")
                .get("leaseTransitions")
                .getAsInt();
    }

    private static void awaitOtherPod(Pod old) {
        Waiting.until(
                "another pod in the place of " + old,
                BOOT,
                () -> Release.pods().stream()
                        .anyMatch(pod ->
                                pod.name().equals(old.name()) && !pod.uid().equals(old.uid()) && pod.ready()));
    }
}
