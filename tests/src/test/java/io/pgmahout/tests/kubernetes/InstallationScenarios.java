package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What {@code helm install} with no values makes. */
@ExtendWith(Installed.class)
final class InstallationScenarios {

    private static final int MOST_MEMBERS = 9;

    private final Release release;

    InstallationScenarios(Release release) {
        this.release = release;
    }

    @Test
    @Tag("K1")
    void threeMembersStreamOnThreeNodes() {
        assertThat(release.pods()).extracting(Pod::node).containsExactlyInAnyOrder("node1", "node2", "node3");
        assertThat(release.member(release.primary().name()).get("role").getAsString())
                .isEqualTo("primary");
    }

    @Test
    void gateAndAgentShareClockUserAndDirectoriesButNoProcesses() {
        for (Pod pod : release.pods()) {
            String gate = release.inContainer(pod.name(), "postgres", "cat", "/proc/1/cmdline");
            String agent = release.inContainer(pod.name(), "agent", "cat", "/proc/1/cmdline");
            assertThat(gate).startsWith("bash\0/run/pgmahout-gate/pgmahout-gate\0");
            assertThat(agent).contains("io.pgmahout.agent.Program\0agent\0").doesNotContain("/certs/");
            double before = uptime(pod, "agent");
            double between = uptime(pod, "postgres");
            assertThat(between).isBetween(before, uptime(pod, "agent"));
            assertThat(release.inContainer(pod.name(), "postgres", "id", "-u"))
                    .isEqualTo(release.inContainer(pod.name(), "agent", "id", "-u"));
            // Who breaks into PostgreSQL cannot speak for the agent.
            assertThat(release.inContainer(
                            pod.name(), "postgres", "bash", "-c", "ls /var/run/secrets /etc/pgmahout 2>&1 || true"))
                    .contains("cannot access '/var/run/secrets'", "cannot access '/etc/pgmahout'");
        }
    }

    private double uptime(Pod pod, String container) {
        return Double.parseDouble(release.inContainer(pod.name(), container, "cat", "/proc/uptime")
                .split(" ", 2)[0]);
    }

    @Test
    void agentsFitTheirMemoryAlsoWhileACommandRunsBesideThem() {
        for (Pod pod : release.pods()) {
            int before = release.restarts(pod, "agent");
            assertThat(release.inContainer(pod.name(), "agent", "pgmahout", "status"))
                    .contains("Healthy.");
            String status = release.inContainer(pod.name(), "agent", "cat", "/proc/1/status");
            long resident = status.lines()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .sum();
            assertThat(resident).as("KiB of " + pod.name()).isBetween(1L, 100 * 1024L);
            assertThat(release.restarts(pod, "agent")).isEqualTo(before);
        }
    }

    /** One of them waits for the other: the container has no memory for two. */
    @Test
    void twoCommandsAtOnceDoNotCostTheAgent() {
        Pod pod = release.pods().getFirst();
        int before = release.restarts(pod, "agent");
        String both = release.inContainer(
                pod.name(), "agent", "bash", "-c", "pgmahout status & pgmahout explain >/dev/null & wait; echo ended");
        assertThat(both).contains("Healthy.", "ended");
        assertThat(release.restarts(pod, "agent")).isEqualTo(before);
    }

    /** Besides what everybody may: to ask what he is and may. The role's test is that all scenarios go on under it. */
    @Test
    @Tag("K14")
    void theAccountMayDoWhatIsDocumentedAndNoMore() {
        List<String> rights = Cluster.kubectl(
                        "auth", "can-i", "--list", "--no-headers", "--as=system:serviceaccount:default:pg")
                .lines()
                .map(line -> line.strip().replaceAll("\\s+", " "))
                .filter(line -> !line.startsWith("selfsubject") && !line.startsWith("["))
                .toList();
        List<String> documented = new ArrayList<>(List.of(
                "leases.coordination.k8s.io [] [] [create]",
                "leases.coordination.k8s.io [] [pg] [get update watch]",
                "pods [] [] [get list watch patch]",
                "pods/eviction [] [] [create]",
                "statefulsets.apps [] [pg] [get]",
                "services [] [pg-rw] [get watch patch]",
                "events [] [] [create]"));
        for (int i = 0; i < MOST_MEMBERS; i++) {
            documented.add("persistentvolumeclaims [] [data-pg-" + i + "] [get]");
        }
        assertThat(rights).containsExactlyInAnyOrderElementsOf(documented);
    }
}
