package io.pgmahout.agent.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CallbackRouterTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<Notice> logged = new CopyOnWriteArrayList<>();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void runsTheCommandWithItsArgumentsOnEachChange() throws Exception {
        try (Router router = router("echo \"$@\" >> out", LONG)) {
            router.route(Role.PRIMARY, new Term(7), false);
            awaitLines("out", 1);
            router.route(Role.PRIMARY, new Term(7), false);
            router.route(Role.STANDBY, new Term(8), false);
            awaitLines("out", 2);
        }
        assertThat(lines("out")).containsExactly("first primary demo m1 7", "first standby demo m1 8");
        assertThat(logged).isEmpty();
    }

    @Test
    void theNewestThatWaitsWins() throws Exception {
        try (Router router =
                router("echo $2 >> begun; while [ ! -e go ]; do read -t 0.02 <> fifo; done; echo $2 >> out", LONG)) {
            router.route(Role.PRIMARY, new Term(1), false);
            awaitLines("begun", 1);
            router.route(Role.STANDBY, new Term(2), false);
            router.route(Role.NONE, new Term(3), false);
            Files.createFile(directory.resolve("go"));
            awaitLines("out", 2);
        }
        assertThat(lines("out")).containsExactly("primary", "none");
    }

    @Test
    void oneThatTakesTooLongIsKilledWithItsChildren() throws Exception {
        try (Router router = router("sleep 300 & echo $! > child; wait", Duration.ofMillis(300))) {
            router.route(Role.PRIMARY, new Term(7), false);
            await().atMost(LONG).until(() -> !logged.isEmpty());
        }
        assertThat(logged.getFirst().code()).isEqualTo(EventCode.CALLBACK_FAILED);
        assertThat(logged.getFirst().fields())
                .containsEntry("role", "primary")
                .containsEntry("detail", "killed after 300 ms");
        long child = Long.parseLong(lines("child").getFirst());
        await().atMost(LONG)
                .until(() -> ProcessHandle.of(child)
                        .map(process -> !process.isAlive())
                        .orElse(true));
    }

    @Test
    void aFailureIsToldAndTriedAgainWhenAskedAgain() throws Exception {
        try (Router router = router("echo x >> out; exit 3", LONG)) {
            router.route(Role.PRIMARY, new Term(7), false);
            await().atMost(LONG).until(() -> logged.size() == 1);
            router.route(Role.PRIMARY, new Term(7), false);
            await().atMost(LONG).until(() -> logged.size() == 2);
        }
        assertThat(lines("out")).hasSize(2);
        assertThat(logged.getFirst().fields()).containsEntry("detail", "exit status 3");
    }

    @Test
    void aCommandThatIsNotThereIsToldOf() {
        try (Router router =
                router(() -> Optional.of(new CallbackRouter.Callback(List.of("/no/such/command"), LONG)))) {
            router.route(Role.PRIMARY, new Term(7), false);
            await().atMost(LONG).until(() -> logged.size() == 1);
        }
        assertThat(logged.getFirst().fields().get("detail")).contains("/no/such/command");
    }

    private Router router(String script, Duration limit) throws Exception {
        Path file = directory.resolve("callback");
        Files.writeString(
                file, "#!/bin/bash\ncd \"$(dirname \"$0\")\" || exit 1\nmkfifo fifo 2>/dev/null\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return router(() -> Optional.of(new CallbackRouter.Callback(List.of(file.toString(), "first"), limit)));
    }

    private Router router(Supplier<Optional<CallbackRouter.Callback>> callback) {
        return new CallbackRouter(callback, "demo", new MemberName("m1"), logged::add);
    }

    private void awaitLines(String name, int count) {
        await().atMost(LONG).until(() -> lines(name).size() >= count);
    }

    private List<String> lines(String name) throws Exception {
        Path file = directory.resolve(name);
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
