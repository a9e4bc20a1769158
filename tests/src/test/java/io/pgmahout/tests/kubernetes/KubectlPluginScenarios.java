package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.pgmahout.tests.cluster.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code kubectl pgmahout} beside the release that all scenarios share. */
@ExtendWith(Installed.class)
final class KubectlPluginScenarios {

    private static final Duration LIMIT = Duration.ofMinutes(3);

    /** Nobody has told Kubernetes of a node's loss by then. */
    private static final Duration SOON = Duration.ofSeconds(15);

    private final Release release;

    KubectlPluginScenarios(Release release) {
        this.release = release;
    }

    @Test
    @Tag("O1")
    void everyCommandIsAskedOfAnAgent() {
        assertThat(plugin("status").output()).contains("Healthy.", "pg-0", "pg-1", "pg-2");
        JsonObject status = JsonParser.parseString(
                        plugin("status", "--output=json").output())
                .getAsJsonObject();
        assertThat(status.get("healthy").getAsBoolean()).isTrue();
        for (String command : List.of("members", "history", "explain", "explain pg-1", "config show", "version")) {
            Chart.Ran ran = plugin(command.split(" "));
            assertThat(ran.status()).as(command + ran.errors()).isZero();
            assertThat(ran.output()).as(command).isNotBlank();
        }
    }

    @Test
    @Tag("F11")
    void switchesOverAndBackAndSaysHowItEnded() {
        Pod old = release.primary();
        Pod other = release.pods().stream()
                .filter(pod -> !pod.name().equals(old.name()))
                .findFirst()
                .orElseThrow();
        Chart.Ran asked = plugin("switchover", "--to", other.name());
        assertThat(asked.status()).as(asked.errors()).isEqualTo(2);
        assertThat(asked.errors()).contains("--yes").doesNotContain("terminated with exit code");
        assertThat(plugin("switchover", "--to", "nobody", "--yes").status()).isEqualTo(2);
        assertThat(release.primary().name()).isEqualTo(old.name());
        Chart.Ran done = plugin("switchover", "--to", other.name(), "--yes");
        assertThat(done.status()).as(done.output() + done.errors()).isZero();
        assertThat(release.primary().name()).isEqualTo(other.name());
        release.awaitHealthy(LIMIT);
    }

    @Test
    @Tag("O4")
    void pausesAndResumes() {
        assertThat(plugin("pause").status()).isZero();
        assertThat(plugin("status").output()).containsIgnoringCase("pause");
        assertThat(plugin("resume").status()).isZero();
    }

    @Test
    @Tag("K2")
    void isAnsweredAlsoWhenANodeHasJustLostPower() {
        Pod old = release.primary();
        Cluster.run("node", "kill", old.nodeNumber());
        try {
            long begun = System.nanoTime();
            Chart.Ran ran = plugin("status");
            assertThat(System.nanoTime() - begun).isLessThan(SOON.toNanos());
            assertThat(ran.status()).as(ran.errors()).isEqualTo(1);
            assertThat(ran.output()).contains(old.name());
        } finally {
            Cluster.run("node", "start", old.nodeNumber());
        }
        release.awaitHealthy(LIMIT);
    }

    @Test
    void followsTheLogsOfAllAgentsAlsoOfAPodThatIsMadeAnew() throws IOException {
        Path output = Files.createTempFile("pgmahout-", ".log");
        Process process = new ProcessBuilder(command("logs", "--tail=1"))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            Waiting.until(
                    "a line of each agent",
                    LIMIT,
                    () -> Stream.of("pg-0", "pg-1", "pg-2")
                            .allMatch(pod -> lines(output, pod).count() > 0));
            Pod standby = release.pods().stream()
                    .filter(pod -> !pod.equals(release.primary()))
                    .findFirst()
                    .orElseThrow();
            release.kubectl("delete", "pod", standby.name());
            Waiting.until(
                    "the beginning of another log",
                    LIMIT,
                    () -> lines(output, standby.name()).anyMatch(line -> line.contains("AGENT_STARTED")));
        } finally {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
        Files.delete(output);
    }

    private static Stream<String> lines(Path output, String pod) {
        try {
            return Files.readAllLines(output).stream().filter(line -> line.startsWith("[pod/" + pod + "/agent] "));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Chart.Ran plugin(String... arguments) {
        return Chart.run(command(arguments));
    }

    private static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Chart.home().resolve("tests/kubernetes/cluster").toString(),
                "exec",
                "bash",
                "-c",
                "PATH=$0:$PATH; exec kubectl pgmahout \"$@\"",
                Chart.home().resolve("kubectl").toString()));
        command.addAll(List.of(arguments));
        return command;
    }
}
