package io.pgmahout.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.admin.FakeOperations;
import io.pgmahout.agent.admin.Operations.Answer;
import io.pgmahout.agent.admin.ServerUnderTest;
import io.pgmahout.agent.ha.Command;
import io.pgmahout.agent.ha.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ActCommandsTest {

    @SuppressWarnings("NullAway.Init")
    private ServerUnderTest m1;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @BeforeEach
    void start() throws Exception {
        m1 = ServerUnderTest.of(FakeOperations.M1);
    }

    @AfterEach
    void stop() {
        m1.close();
    }

    @Test
    void aSwitchoverShowsWhatItWouldDoAndAsks() {
        Ran no = Ran.by("n\n", "switchover", "--to", "m2", "--admin", m1.address());
        assertThat(no.code()).isEqualTo(ExitCode.REFUSED.code());
        assertThat(no.out()).isEqualTo("Would happen: m2 leads term 8\nSwitch over now? [y/N] ");
        assertThat(no.err()).isEqualTo("pgmahout: Nothing was changed.\n");
        assertThat(m1.operations.submitted()).allMatch(command -> ((Command.Switchover) command).dryRun());
        assertThat(Ran.by("", "switchover", "--admin", m1.address()).code())
                .as("end of input")
                .isEqualTo(ExitCode.REFUSED.code());

        Ran yes = Ran.by("Yes\n", "switchover", "--to", "m2", "--admin", m1.address());
        assertThat(yes.code()).isZero();
        assertThat(yes.out()).endsWith("""
                done: m2 leads term 8
                Writes were away for less than 50 ms, as seen from here.
                """);
        assertThat(((Command.Switchover) m1.operations.submitted().getLast()).dryRun())
                .isFalse();
    }

    @Test
    void whereNobodySitsNothingIsAsked() {
        Ran ran = Ran.of("switchover", "--admin", m1.address());
        assertThat(ran.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(ran.err()).contains("--yes");
        assertThat(Ran.of("restart", "m1", "--admin", m1.address()).code()).isEqualTo(ExitCode.USAGE.code());
    }

    @Test
    void aSwitchoverShowsProgressAndTheOutage() throws Exception {
        m1.operations.answers = null;
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            CompletableFuture<Ran> running = CompletableFuture.supplyAsync(
                    () -> Ran.of("switchover", "--to", "m2", "--yes", "--admin", m1.address()), other);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> !m1.operations.submitted().isEmpty());
            m1.operations.progress("m1 is stopped");
            m1.operations.permit(0);
            Awaitility.await().pollDelay(Duration.ofMillis(400)).until(() -> true);
            m1.operations.progress("m2 is named");
            m1.operations.answer(new Answer(Outcome.DONE, "m2 leads"));
            m1.operations.permit(640);
            Ran ran = running.get(20, TimeUnit.SECONDS);
            assertThat(ran.code()).isZero();
            assertThat(ran.out())
                    .startsWith("Begun as m1.")
                    .containsPattern(" +[0-9]+ ms  m1 is stopped\n +[0-9]+ ms  m2 is named\ndone: m2 leads\n");
            assertThat(ran.out()).containsPattern("No member took writes for about [01]\\.[0-9]{2} s");
        }
    }

    @ParameterizedTest
    @CsvSource({"DONE,0", "REFUSED,4", "FAILED,1", "UNKNOWN,6"})
    void theOutcomeIsTheExitCode(Outcome outcome, int code) {
        m1.operations.answers = command -> new Answer(outcome, "because of this");
        for (String command : new String[] {
            "switchover --yes",
            "switchover --dry-run",
            "failover --to m1 --yes",
            "failover --to m1 --dry-run",
            "pause",
            "resume",
            "restart m1 -y",
            "reinit m1 --yes",
            "retire m1 -y"
        }) {
            Ran ran = Ran.of((command + " --admin " + m1.address()).split(" "));
            assertThat(ran.code()).as(command).isEqualTo(code);
            assertThat(ran.out() + ran.err()).as(command).contains("because of this");
        }
    }

    @Test
    void afterARefusedTrialNothingIsDone() {
        m1.operations.answers = command -> new Answer(Outcome.REFUSED, "m2 lags by 3 GB");
        Ran ran = Ran.by("y\n", "failover", "--to", "m1", "--admin", m1.address());
        assertThat(ran.code()).isEqualTo(ExitCode.REFUSED.code());
        assertThat(ran.out()).isEqualTo("refused: m2 lags by 3 GB\n");
        assertThat(m1.operations.submitted()).hasSize(1);
    }

    @Test
    void aFailoverPassesTheWordsOfItsOperator() {
        Ran ran = Ran.by(
                "y\n", "failover", "--to", "m1", "--allow-data-loss", "--holder-is-off", "--admin", m1.address());
        assertThat(ran.out()).contains("Commits that m1 lacks will be lost. Fail over now?");
        assertThat(m1.operations.submitted().getLast()).isInstanceOfSatisfying(Command.Failover.class, failover -> {
            assertThat(failover.allowDataLoss()).isTrue();
            assertThat(failover.holderIsOff()).isTrue();
            assertThat(failover.dryRun()).isFalse();
        });
    }

    @Test
    void whatStillRunsAfterTheWaitIsUnknown() {
        m1.operations.answers = null;
        Ran first = Ran.of("reinit", "m1", "-y", "--wait", "0", "--admin", m1.address());
        assertThat(first.code()).isEqualTo(ExitCode.UNKNOWN.code());
        assertThat(first.err()).contains("It still goes on as m1.");
        Ran second = Ran.of("restart", "m1", "-y", "--admin", m1.address());
        assertThat(second.code()).as("another runs").isEqualTo(ExitCode.REFUSED.code());
        assertThat(second.err()).contains("A reinit runs as m1.");
    }

    @Test
    void aMemberNobodyKnowsIsAMistake() {
        for (String command : new String[] {
            "switchover --to m9 --yes",
            "failover --to m9 --yes",
            "restart m9 -y",
            "reinit m9 -y",
            "retire m9 -y",
            "reload m9"
        }) {
            Ran ran = Ran.of((command + " --admin " + m1.address()).split(" "));
            assertThat(ran.code()).as(command).isEqualTo(ExitCode.USAGE.code());
            assertThat(ran.err()).as(command).contains("There is no member m9; there are m1, m2, m3.");
        }
        assertThat(m1.operations.submitted()).isEmpty();
    }

    @Test
    void reloadTellsWhatWaits() {
        assertThat(Ran.of("reload", "--admin", m1.address()).out())
                .isEqualTo("In effect: log.level.\nWaiting for a restart of the agent: admin.listen.\n");
    }

    @Test
    void theTokenOpensTheDoor() throws Exception {
        Path right = Files.writeString(directory.resolve("right"), "right-token\n");
        Path wrong = Files.writeString(directory.resolve("wrong"), "wrong-token\n");
        Path empty = Files.writeString(directory.resolve("empty"), "\n");
        try (ServerUnderTest guarded =
                ServerUnderTest.of(FakeOperations.M1, Optional.of("right-token"), ServerUnderTest.QUICK)) {
            String admin = guarded.address();
            assertThat(Ran.of("pause", "--admin", admin).code()).isEqualTo(ExitCode.UNAUTHORISED.code());
            Ran refused = Ran.of("status", "--admin", admin, "--token-file", wrong.toString());
            assertThat(refused.code()).isEqualTo(ExitCode.UNAUTHORISED.code());
            assertThat(refused.err()).contains("token").doesNotContain("wrong-token");
            assertThat(Ran.of("pause", "--admin", admin, "--token-file", right.toString())
                            .code())
                    .isZero();
            assertThat(Ran.of("pause", "--admin", admin, "--token-file", empty.toString())
                            .code())
                    .isEqualTo(ExitCode.USAGE.code());
            assertThat(Ran.of("pause", "--admin", admin, "--token-file", "/no/such/file")
                            .code())
                    .isEqualTo(ExitCode.USAGE.code());
            assertThat(Ran.of("pause", "--admin", "db1.example:8008", "--token-file", right.toString()))
                    .satisfies(clear -> assertThat(clear.err()).contains("in the clear"))
                    .extracting(Ran::code)
                    .isEqualTo(ExitCode.USAGE.code());
        }
    }
}
