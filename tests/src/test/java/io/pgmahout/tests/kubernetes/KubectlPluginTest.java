package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code kubectl pgmahout} asks of kubectl, which here is a script that writes down its calls; and its exit codes. */
final class KubectlPluginTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Answers as files beside it say, which the tests write. */
    private static final String KUBECTL = """
            #!/bin/bash
            here=${0%/*} all="$*"
            printf '%s\\n' "$all" >>"$here/calls"
            pod=${all#*exec }; pod=${pod%% *}
            case $all in
            *can-i*) [[ ! -e $here/forbidden ]] ;;
            *'get pods '*) cat "$here/pods"; exit "$(cat "$here/pods.status" 2>/dev/null || echo 0)" ;;
            *printenv*)
                [[ ! -e $here/dead ]] || ! grep -qx "$pod" "$here/dead" || exec tail -f /dev/null
                [[ ! -e $here/forbidden ]] || { echo 'Error: pods/exec is forbidden' >&2; exit 1; }
                echo "$pod" ;;
            *' pgmahout '*)
                cat "$here/reply" 2>/dev/null
                [[ ! -e $here/broken ]] || { echo 'error: connection reset by peer' >&2; exit 1; }
                status=$(cat "$here/status" 2>/dev/null || echo 0)
                ((status == 0)) || echo "command terminated with exit code $status" >&2
                exit "$status" ;;
            *logs*)
                echo "$$" >>"$here/pids"
                echo "line of $all"
                [[ $all == *--since=2s* ]] || exit 0
                exec tail -f /dev/null ;;
            esac
            """;

    @TempDir
    private Path directory;

    @BeforeEach
    void install() throws IOException {
        Path kubectl = Files.writeString(directory.resolve("kubectl"), KUBECTL);
        assertThat(kubectl.toFile().setExecutable(true)).isTrue();
        say("pods", "pg pg-0 running\npg pg-1 ready\npg pg-2 ready\n");
    }

    @Test
    void runsTheCommandInAnAgentThatIsReady() throws IOException {
        say("reply", "Healthy.\n");
        Chart.Ran ran = plugin("-n", "databases", "--context=far", "switchover", "--to", "pg-2", "--yes");
        assertThat(ran).isEqualTo(new Chart.Ran(0, "Healthy.\n", ""));
        assertThat(calls().getFirst())
                .startsWith("--namespace=databases --context=far get pods --selector=pgmahout.io/cluster ");
        assertThat(calls().getLast())
                .matches("--namespace=databases --context=far exec pg-[12] --container=agent"
                        + " -- pgmahout switchover --to pg-2 --yes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-n databases", "-ndatabases", "-n=databases", "--namespace databases", "--namespace=databases"})
    void knowsTheNamespaceInEachForm(String option) throws IOException {
        assertThat(plugin(("status " + option + " -o json").split(" ")).status())
                .isZero();
        assertThat(calls().getLast()).startsWith("--namespace=databases exec ").endsWith(" pgmahout status -o json");
    }

    @Test
    void asksAnAgentThatIsNotReadyWhereNoneIs() throws IOException {
        say("pods", "pg pg-0\npg pg-1 running\n");
        assertThat(plugin("status").status()).isZero();
        assertThat(calls().getLast()).isEqualTo("exec pg-1 --container=agent -- pgmahout status");
    }

    @Test
    void doesNotWaitForANodeThatSaysNothing() throws IOException {
        say("dead", "pg-1\n");
        long begun = System.nanoTime();
        assertThat(plugin("status").status()).isZero();
        assertThat(System.nanoTime() - begun).isLessThan(Duration.ofSeconds(8).toNanos());
        assertThat(calls().getLast()).contains("exec pg-2 ");
    }

    @Test
    void givesAPersonsKeysToTheCommand() throws IOException {
        String command = "PATH=%s:$PATH %s switchover".formatted(directory, script());
        Chart.Ran ran = Chart.run(List.of("script", "--quiet", "--return", "--command=" + command, "/dev/null"));
        assertThat(ran.status()).as(ran.output()).isZero();
        assertThat(calls().getLast()).contains(" --container=agent --stdin --tty -- pgmahout switchover");
    }

    @ParameterizedTest
    @CsvSource({"status, 1", "switchover, 4", "pause, 6"})
    void endsAsTheCommandDoes(String command, int status) throws IOException {
        say("status", status + "\n");
        assertThat(plugin(command)).isEqualTo(new Chart.Ran(status, "", ""));
    }

    @ParameterizedTest
    @CsvSource({"status, 3, the connection to pg-", "switchover, 6, what was begun may go on"})
    void tellsALostConnectionFromAFailure(String command, int status, String reason) throws IOException {
        say("broken", "");
        Chart.Ran ran = plugin(command);
        assertThat(ran.status()).isEqualTo(status);
        assertThat(ran.errors()).contains("connection reset by peer", reason);
    }

    @Test
    void wantsToKnowWhichClusterWhereThereAreSeveral() throws IOException {
        say("pods", "pg pg-0 ready\nzoo zoo-0 ready\n");
        Chart.Ran ran = plugin("status");
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.errors()).contains("several clusters", "--cluster", "pg, zoo");
        assertThat(plugin("--cluster", "zoo", "status").status()).isZero();
        assertThat(calls().getLast()).contains("exec zoo-0 ");
        Chart.Ran other = plugin("--cluster=ark", "status");
        assertThat(other.status()).isEqualTo(2);
        assertThat(other.errors()).contains("no pods of a cluster ark", "pg, zoo");
    }

    @Test
    void saysWhereItLookedInVain() throws IOException {
        say("pods", "");
        Chart.Ran ran = plugin("-n", "empty", "status");
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.errors()).contains("no pods of a cluster in the namespace empty");
    }

    @Test
    void saysWhyNobodyWasReached() throws IOException {
        say("forbidden", "");
        Chart.Ran ran = plugin("status");
        assertThat(ran.status()).isEqualTo(3);
        assertThat(ran.errors()).containsOnlyOnce("pods/exec is forbidden").contains("no agent of pg was reached");
        assertThat(plugin("logs").status()).isEqualTo(3);
        say("pods.status", "1\n");
        assertThat(plugin("status").status()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "switchback | no command switchback",
                "agent | asks no cluster",
                "certs ca | asks no cluster",
                "config check x | of config there is",
                "status -n | -n wants a value",
                "status --cluster= | --cluster wants a value",
                "logs pg-0 | logs has no argument pg-0",
                "logs --tail | --tail wants a value",
            })
    void refusesWhatItDoesNotKnow(String line, String reason) throws IOException {
        Chart.Ran ran = plugin(line.split(" "));
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.errors()).contains(reason);
        assertThat(Files.exists(directory.resolve("calls")) ? calls() : List.of())
                .noneMatch(call -> call.contains("exec"));
    }

    @Test
    void tellsOfItself() {
        assertThat(plugin().status()).isEqualTo(2);
        Chart.Ran help = plugin("--help");
        assertThat(help.status()).isZero();
        assertThat(help.output()).contains("switchover [--to M]", "--cluster NAME");
    }

    /** A log that ends is that of a container that ended: the next one of the pod is followed. */
    @Test
    void followsTheLogsOfAllAgentsAndLeavesNothingBehind() throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command("logs", "--tail", "3"))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            Waiting.until("two logs of each pod", LIMIT, () -> read("output").size() == 6);
            for (String pod : List.of("pg-0", "pg-1", "pg-2")) {
                assertThat(read("output"))
                        .contains(
                                "line of logs " + pod + " --container=agent --follow --prefix --tail=3",
                                "line of logs " + pod + " --container=agent --follow --prefix --since=2s");
            }
        } finally {
            process.destroy();
        }
        assertThat(process.waitFor()).isEqualTo(130);
        Waiting.until(
                "the end of what it started",
                LIMIT,
                () -> read("pids").stream()
                        .noneMatch(pid -> ProcessHandle.of(Long.parseLong(pid)).isPresent()));
    }

    @Test
    void passesShellcheck() {
        Chart.Ran ran = Chart.run(List.of("shellcheck", script().toString()));
        assertThat(ran.output()).isEmpty();
    }

    private Chart.Ran plugin(String... arguments) {
        return Chart.run(command(arguments));
    }

    private List<String> command(String... arguments) {
        return Stream.concat(
                        Stream.of("env", "PATH=" + directory + ":" + System.getenv("PATH"), script().toString()),
                        Stream.of(arguments))
                .toList();
    }

    private static Path script() {
        return Chart.home().resolve("kubectl/kubectl-pgmahout");
    }

    private void say(String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), text);
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(directory.resolve("calls"));
    }

    private List<String> read(String file) {
        try {
            return new ArrayList<>(Files.readAllLines(directory.resolve(file)));
        } catch (IOException notYet) {
            return List.of();
        }
    }
}
