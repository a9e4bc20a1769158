package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of the primary's pod, or of a container of it. */
@ExtendWith(Installed.class)
final class PodScenarios {

    private final Release release;

    PodScenarios(Release release) {
        this.release = release;
    }

    @Test
    @Tag("K4")
    void aPodThatIsDeletedHandsOverFirst() throws SQLException, IOException {
        Pod old = release.primary();
        Path log = Files.createTempFile("pgmahout-", ".log");
        Process follower = Cluster.follow(log, "logs", "--follow", "--since=1s", old.name(), "--container=agent");
        WritingClient client = release.write();
        long since = System.nanoTime();
        release.kubectl("delete", "pod", old.name(), "--wait=false");
        client.awaitWriteAnew(old.name(), since, Limits.MINUTE);
        Report.tell("outage when the primary's pod is deleted", client.outageSince(since));
        Pod other = release.awaitOther(old, Limits.BOOT);
        release.holds(client, Long.MAX_VALUE);
        assertThat(release.primary().name()).isNotEqualTo(old.name());
        assertThat(other.node()).isEqualTo(old.node());
        assertThat(other.address()).isNotEqualTo(old.address());
        Waiting.until("the end of the old agent's log", Limits.MINUTE, () -> !follower.isAlive());
        assertThat(Files.readString(log)).containsSubsequence("GATE_TERMINATING", "HANDED_OVER", "AGENT_STOPPING");
        Files.delete(log);
    }

    @Test
    @Tag("K4")
    void aPodThatIsDeletedByForceIsReplaced() throws SQLException {
        Pod old = release.primary();
        WritingClient client = release.write();
        long since = System.nanoTime();
        release.kubectl("delete", "pod", old.name(), "--force", "--grace-period=0");
        client.awaitWriteAnew(old.name(), since, Limits.MINUTE);
        Report.tell("outage when it is deleted by force", client.outageSince(since));
        release.awaitOther(old, Limits.BOOT);
        release.holds(client, since - Limits.ASYNCHRONOUS);
    }

    @Test
    @Tag("S11")
    void anAgentThatIsKilledLosesNoRow() throws SQLException {
        Pod old = release.primary();
        int term = release.lease().term();
        int restarts = release.restarts(old, "agent");
        WritingClient client = release.write();
        long since = System.nanoTime();
        InPod.kill(old, "io.pgmahout.agent.Program");
        Waiting.until("another agent", Limits.MINUTE, () -> release.restarts(old, "agent") > restarts);
        release.holds(client, since - Limits.ASYNCHRONOUS);
        tell("when the primary's agent is killed", term, client.outageSince(since));
    }

    private void tell(String what, int before, WritingClient.Outage outage) {
        String who = release.lease().term() == before ? "the same term, " : "another term, ";
        Report.tell(what, who + outage);
    }

    /** Its agent lives, and its WAL is on the disk. */
    @Test
    @Tag("K8")
    @Tag("F1")
    void aServerThatIsEndedForWantOfMemoryLosesNoRow() throws SQLException, IOException {
        Pod old = release.primary();
        int term = release.lease().term();
        WritingClient client = release.write();
        long since = System.nanoTime();
        InPod.exhaustMemory(old, "bin/postgres\0");
        client.awaitWriteAnew(old.name(), since, Limits.MINUTE);
        assertThat(release.holds(client, Long.MAX_VALUE)).extracting(Pod::uid).contains(old.uid());
        tell("when the primary's server is ended for want of memory", term, client.outageSince(since));
    }

    @Test
    @Tag("K8")
    void aServersContainerThatIsEndedForWantOfMemoryLosesNoRow() throws SQLException, IOException {
        Pod old = release.primary();
        int term = release.lease().term();
        int restarts = release.restarts(old, "postgres");
        WritingClient client = release.write();
        long since = System.nanoTime();
        InPod.exhaustMemory(old, "pgmahout-gate");
        client.awaitWriteAnew(old.name(), since, Limits.MINUTE);
        assertThat(release.holds(client, since - Limits.ASYNCHRONOUS))
                .extracting(Pod::uid)
                .contains(old.uid());
        assertThat(release.restarts(old, "postgres")).isEqualTo(restarts + 1);
        assertThat(release.lastEnd(old, "postgres")).isEqualTo("OOMKilled");
        tell("when its container is ended for want of memory", term, client.outageSince(since));
    }

    @Test
    @Tag("K8")
    @Tag("S11")
    void anAgentThatIsEndedForWantOfMemoryLosesNoRow() throws SQLException, IOException {
        Pod old = release.primary();
        int term = release.lease().term();
        int restarts = release.restarts(old, "agent");
        WritingClient client = release.write();
        long since = System.nanoTime();
        InPod.exhaustMemory(old, "io.pgmahout.agent.Program");
        Waiting.until("another agent", Limits.MINUTE, () -> release.restarts(old, "agent") > restarts);
        assertThat(release.holds(client, since - Limits.ASYNCHRONOUS))
                .extracting(Pod::uid)
                .contains(old.uid());
        assertThat(release.lastEnd(old, "agent")).isEqualTo("OOMKilled");
        tell("when its agent is ended for want of memory", term, client.outageSince(since));
    }
}
