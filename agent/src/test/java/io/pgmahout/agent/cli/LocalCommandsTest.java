package io.pgmahout.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.observe.EventCatalogue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Commands that ask no agent, and the page about all of them. */
final class LocalCommandsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "switchover --bogus",
                "failover",
                "restart",
                "status -o xml",
                "status --admin nowhere",
                "status --admin host:99999",
                "status --timeout 0",
                "status --watch=-1",
                "config",
                "certs",
                "config check",
                "certs ca",
                "status extra"
            })
    void wrongArgumentsAreUsage(String line) {
        Ran ran = Ran.of(line.isEmpty() ? new String[0] : line.split(" "));
        assertThat(ran.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(ran.err()).isNotBlank().doesNotContain("Exception").doesNotContain("\tat ");
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void aConfigurationIsCheckedAtOnce() throws Exception {
        Path bad = Files.writeString(directory.resolve("bad.yaml"), "clusterr: demo\nmember:\n  name: m1\n");
        Ran ran = Ran.of("config", "check", bad.toString());
        assertThat(ran.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(ran.err())
                .contains("bad.yaml:1: clusterr")
                .contains("cluster: is required")
                .contains(" problems.");
        assertThat(Ran.of("config", "check", "/no/such/file").code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(Ran.of("config", "show", "--file", bad.toString()).code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(Ran.of("config", "reference").out()).startsWith("# Configuration");
    }

    @Test
    void certificatesAreMadeOnce() {
        String dir = directory.resolve("tls").toString();
        Ran authority = Ran.of("certs", "ca", "--dir", dir, "--cluster", "demo");
        assertThat(authority.code()).as(authority.err()).isZero();
        assertThat(authority.out()).isEqualTo(dir + "/ca.crt\n");
        Ran again = Ran.of("certs", "ca", "--dir", dir, "--cluster", "demo");
        assertThat(again.code()).isEqualTo(ExitCode.REFUSED.code());
        Ran member = Ran.of("certs", "member", "m1", "--dir", dir, "--cluster", "demo", "--host", "127.0.0.1");
        assertThat(member.out()).isEqualTo(dir + "/m1.crt\n" + dir + "/m1.key\n");
        assertThat(Ran.of("certs", "member", "m1", "--dir", dir, "--cluster", "other")
                        .code())
                .isEqualTo(ExitCode.FAILED.code());
        assertThat(Ran.of("certs", "ca", "--dir", dir, "--cluster", "demo", "--days", "0")
                        .code())
                .isEqualTo(ExitCode.USAGE.code());
    }

    @Test
    void theCatalogueAndTheTableArePrinted() {
        assertThat(Ran.of("events").out()).isEqualTo(EventCatalogue.markdown());
        Hooks hooks = new Hooks(Map.of(), () -> "| 10 | first |\n");
        assertThat(Ran.of(hooks, "", false, "rules").out()).isEqualTo("| 10 | first |\n");
        assertThat(Ran.of("version").out()).startsWith("pgmahout ");
    }

    @Test
    void completionKnowsTheCommands() {
        Ran ran = Ran.of("completion");
        assertThat(ran.out()).startsWith("#!/usr/bin/env bash").contains("switchover", "--allow-data-loss");
    }

    @Test
    void theRestOfTheProgramAddsItsOwn() {
        Hooks hooks = new Hooks(Map.of("agent", new Added()), () -> "");
        assertThat(Ran.of(hooks, "", false, "agent", "--config", "x").code()).isEqualTo(42);
        assertThat(Ran.of(hooks, "", false, "--help").out()).contains("agent ");
    }

    @Test
    void thePageTellsOfEveryCommandOptionAndExitCode() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "cli.md"));
        CommandLine line = Main.commandLine(Terminal.system(), Hooks.NONE);
        line.getSubcommands().forEach((name, command) -> {
            assertThat(page).contains("`" + name);
            command.getCommandSpec()
                    .options()
                    .forEach(option -> assertThat(page).as(name).contains(option.longestName()));
        });
        for (ExitCode code : ExitCode.values()) {
            assertThat(page).contains("| " + code.code() + " | " + code.sentence() + " |");
        }
    }

    @Command
    private static final class Added implements Callable<Integer> {
        @Option(names = "--config")
        private String config = "";

        @Override
        public Integer call() {
            return config.equals("x") ? 42 : 43;
        }
    }
}
