package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.ApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kubectl pgmahout} with the real kubectl and a real API server, below which no node runs anything. */
final class KubectlPluginLookTest {

    private static ApiServer api;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void start() throws IOException {
        api = ApiServer.start();
        kubectl("create", "serviceaccount", "default");
        pod("pg", 0, "running\":{\"startedAt\":\"2026-01-01T00:00:00Z\"}", true);
        pod("pg", 1, "waiting\":{}", false);
        pod("zoo", 0, "running\":{}", false);
        kubectl("create", "namespace", "empty");
        api.allow("pg");
    }

    @AfterAll
    static void end() {
        api.close();
    }

    @Test
    void isFoundByKubectl() {
        Chart.Ran ran = plugin("admin", "help");
        assertThat(ran.status()).as(ran.errors()).isZero();
        assertThat(ran.output()).contains("kubectl pgmahout [OPTION...]");
    }

    @Test
    void seesTheClustersAndWhichAgentsRun() {
        Chart.Ran several = plugin("admin", "status");
        assertThat(several.status()).isEqualTo(2);
        assertThat(several.errors()).contains("pg, zoo");
        Chart.Ran one = plugin("admin", "status", "--cluster", "pg");
        assertThat(one.status()).isEqualTo(3);
        // Of the one that waits nobody asked.
        assertThat(one.errors())
                .contains("pod pg-0 does not have a host assigned", "no agent of pg was reached")
                .doesNotContain("pg-1");
        Chart.Ran empty = plugin("admin", "--namespace=empty", "status");
        assertThat(empty.status()).isEqualTo(2);
        assertThat(empty.errors()).contains("no pods of a cluster in the namespace empty");
    }

    @Test
    void endsWithThreeWhereKubernetesIsNotReachedOrDoesNotLetOne() {
        Chart.Ran unknown = plugin("admin", "status", "--context", "nowhere");
        assertThat(unknown.status()).isEqualTo(3);
        assertThat(unknown.errors()).contains("context was not found for specified context: nowhere");
        Chart.Ran forbidden = plugin("n1", "status", "--namespace", "empty");
        assertThat(forbidden.status()).isEqualTo(3);
        assertThat(forbidden.errors()).contains("cannot list resource \"pods\"");
        // It has all that an agent has.
        Chart.Ran logs = plugin("n1", "logs", "--cluster", "pg");
        assertThat(logs.status()).isEqualTo(3);
        assertThat(logs.errors()).contains("you may not read logs (get pods/log)");
        Chart.Ran exec = plugin("n1", "status", "--cluster", "pg");
        assertThat(exec.status()).isEqualTo(3);
        assertThat(exec.errors()).contains("pods/exec", "no agent of pg was reached");
    }

    private static void pod(String cluster, int number, String state, boolean ready) throws IOException {
        String name = cluster + "-" + number;
        Path file = Files.writeString(directory.resolve(name + ".json"), """
                {"apiVersion": "v1", "kind": "Pod",
                 "metadata": {"name": "%s", "labels": {"pgmahout.io/cluster": "%s"}},
                 "spec": {"initContainers": [{"name": "prepare", "image": "none"},
                                             {"name": "agent", "image": "none", "restartPolicy": "Always"}],
                          "containers": [{"name": "postgres", "image": "none"}]}}
                """.formatted(name, cluster));
        kubectl("create", "--filename=" + file);
        String status = """
                {"status": {"initContainerStatuses": [
                  {"name": "prepare", "image": "none", "imageID": "", "ready": true, "restartCount": 0, "state": {}},
                  {"name": "agent", "image": "none", "imageID": "", "ready": %s, "restartCount": 0, "state": {"%s}}]}}
                """.formatted(ready, state);
        kubectl("patch", "pod", name, "--subresource=status", "--type=merge", "--patch=" + status);
    }

    private static void kubectl(String... arguments) {
        Chart.Ran ran = Chart.run(Stream.concat(
                        Stream.of(
                                ApiServer.programs().resolve("kubectl").toString(),
                                "--kubeconfig=" + api.kubeconfig("admin")),
                        Stream.of(arguments))
                .toList());
        assertThat(ran.status()).as(ran.errors()).isZero();
    }

    private static Chart.Ran plugin(String user, String... arguments) {
        String path = ApiServer.programs() + ":" + Chart.home().resolve("kubectl") + ":" + System.getenv("PATH");
        return Chart.run(Stream.concat(
                        List.of("env", "PATH=" + path, "KUBECONFIG=" + api.kubeconfig(user), "kubectl", "pgmahout")
                                .stream(),
                        Stream.of(arguments))
                .toList());
    }
}
