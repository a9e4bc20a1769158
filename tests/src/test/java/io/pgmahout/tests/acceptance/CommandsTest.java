package io.pgmahout.tests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.cli.ExitCode;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an operator asks on the command line, rightly and wrongly, of a cluster that wants a token. */
class CommandsTest {
    /** Ten commands a second are served. */
    private static final Duration PACE = Duration.ofMillis(120);

    private static LocalCluster cluster;
    private static Oracle oracle;

    private LocalMember primary;
    private LocalMember standby;

    @BeforeAll
    static void form() throws SQLException {
        cluster = Scenario.formed(Scenario.PATIENT.withToken());
        oracle = new Oracle(cluster);
        oracle.holds();
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @BeforeEach
    void begin() throws SQLException {
        primary = oracle.begins();
        // What an agent says of the others is as old as their last report.
        Waiting.until("a cluster that its primary's agent calls healthy", Scenario.LIMIT, this::healthy);
        standby = cluster.membersBut(primary).getFirst();
    }

    @AfterEach
    void bringBack() {
        Scenario.bringBack(cluster);
    }

    @Test
    @Tag("O1")
    void commandsSucceed() throws SQLException {
        String name = standby.name();
        for (String command : List.of(
                "status",
                "members",
                "history",
                "explain",
                "explain " + name,
                "config show",
                "switchover --to " + name + " --dry-run",
                "pause",
                "resume",
                "reload " + name,
                "restart --yes " + name,
                "retire --yes " + name)) {
            Waiting.pause(PACE.toNanos());
            ran(ExitCode.OK, asked(primary, command));
            if (command.startsWith("retire")) {
                Waiting.until("the end of the agent", Scenario.LIMIT, () -> !standby.agentRuns());
                standby.startAgent();
                // What the others say of it may still be what its former agent told.
                Waiting.until("a new agent beside a standby that streams", Scenario.LIMIT, () -> streams(standby));
            }
            if (command.startsWith("re")) {
                oracle.holds();
            }
        }
        ran(ExitCode.OK, asked(primary, "switchover --yes --to " + name));
        assertThat(oracle.holds()).isEqualTo(standby);
    }

    @Test
    @Tag("O1")
    void commandsThatAreWrongEndWithTwoAndChangeNothing() throws SQLException, IOException {
        String before = Scenario.standing(cluster);
        for (String command : List.of(
                "status",
                "members",
                "history",
                "explain",
                "config show",
                "switchover",
                "failover",
                "pause",
                "resume",
                "reload",
                "restart",
                "reinit",
                "retire",
                "certs",
                "events",
                "rules",
                "version",
                "completion")) {
            ran(ExitCode.USAGE, CommandRun.of((command + " --frobnicate").split(" ")));
        }
        for (String command : List.of(
                "explain nobody",
                "switchover --yes --to nobody",
                "failover --yes --to nobody",
                "restart --yes nobody",
                "reinit --yes nobody",
                "retire --yes nobody",
                "reload nobody")) {
            Waiting.pause(PACE.toNanos());
            assertThat(ran(ExitCode.USAGE, asked(primary, command)).text())
                    .as(command)
                    .contains("nobody");
        }
        for (String command : List.of("failover --yes --to " + standby.name(), "reinit --yes " + primary.name())) {
            ran(ExitCode.REFUSED, asked(primary, command));
        }
        Path wrong = Files.writeString(cluster.directory().resolve("wrong.yaml"), "frobnicate: 1\n");
        assertThat(ran(ExitCode.USAGE, CommandRun.of("config", "check", wrong.toString()))
                        .text())
                .contains("frobnicate");
        assertThat(Scenario.standing(cluster)).isEqualTo(before);
        assertThat(oracle.holds()).isEqualTo(primary);
    }

    @Test
    @Tag("O1")
    void commandsWithoutATokenOrAnAgentSaySo() throws SQLException {
        String before = Scenario.standing(cluster);
        List<String> commands = new ArrayList<>(List.of("status", "members", "history", "explain", "config show"));
        for (String verb : List.of(
                "restart --yes",
                "reinit --yes",
                "retire --yes",
                "reload",
                "switchover --yes --to",
                "failover --yes --to")) {
            commands.add(verb + " " + standby.name());
        }
        commands.addAll(List.of("pause", "resume"));
        for (String command : commands) {
            Waiting.pause(PACE.toNanos());
            ran(ExitCode.UNAUTHORISED, CommandRun.of((command + " --admin " + primary.adminAddress()).split(" ")));
        }
        standby.killAgent();
        for (String command : commands) {
            Waiting.pause(PACE.toNanos());
            ran(ExitCode.UNREACHABLE, asked(standby, command));
        }
        ran(ExitCode.UNREACHABLE, asked(primary, "restart --yes " + standby.name()));
        standby.startAgent();
        assertThat(oracle.holds()).isEqualTo(primary);
        assertThat(Scenario.standing(cluster)).isEqualTo(before);
    }

    @Test
    @Tag("O1")
    void commandsThatNeedNoAgentSucceed() {
        String home = cluster.directory().resolve("certificates").toString();
        for (String command : List.of(
                "config check " + primary.configuration(),
                "config reference",
                "config show --file " + primary.configuration(),
                "certs ca --cluster demo --dir " + home,
                "certs member n9 --cluster demo --host 127.0.0.1 --dir " + home,
                "events",
                "version",
                "completion")) {
            assertThat(ran(ExitCode.OK, CommandRun.of(command.split(" "))).out())
                    .as(command)
                    .isNotBlank();
        }
    }

    private static CommandRun asked(LocalMember member, String command) {
        return CommandRun.of(
                (command + " --admin " + member.adminAddress() + " --token-file " + cluster.tokenFile()).split(" "));
    }

    private static CommandRun ran(ExitCode code, CommandRun run) {
        assertThat(run.code()).as(run.text()).isEqualTo(code.code());
        assertThat(run.text()).isNotBlank();
        return run;
    }

    private boolean healthy() {
        return primary.admin()
                .status()
                .filter(status -> status.get("healthy").getAsBoolean())
                .isPresent();
    }

    /** By its own agent's word. */
    private static boolean streams(LocalMember member) {
        return member.admin().status().stream()
                .flatMap(status -> status.getAsJsonArray("members").asList().stream())
                .map(one -> one.getAsJsonObject())
                .anyMatch(one -> LocalCluster.text(one, "member").equals(member.name())
                        && LocalCluster.text(one, "streaming").equals("true"));
    }
}
