package io.pgmahout.protocol;

import static io.pgmahout.protocol.Node.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the kernel says when a peer's process is killed. */
@Timeout(60)
final class ProcessDeathTest {
    private static final TransportSettings PATIENT =
            TransportSettings.defaults().withIdleLimit(Duration.ofSeconds(30));

    @Test
    void killedWithEverythingReadItsKernelCloses() throws Exception {
        try (Node one = Node.plain("m1", PATIENT)) {
            Process member = start(one);
            try {
                eventually().until(() -> one.messages.contains(Messages.heartbeat(1)));
                member.destroyForcibly();
                eventually().untilAsserted(() -> assertThat(one.story).containsExactly("+ m2", "- m2 CLOSED"));
            } finally {
                end(member);
            }
        }
    }

    @Test
    void killedWithDataUnreadItsKernelResets() throws Exception {
        try (Node one = Node.plain("m1", PATIENT)) {
            Process member = start(one);
            try {
                eventually().until(() -> one.messages.contains(Messages.heartbeat(1)));
                signal(member, "STOP");
                one.transport.send("m2", Messages.heartbeat(1));
                one.transport.send("m2", Messages.promiseRequest(1));
                member.destroyForcibly();
                eventually().untilAsserted(() -> assertThat(one.story).containsExactly("+ m2", "- m2 RESET"));
            } finally {
                end(member);
            }
        }
    }

    private static Process start(Node node) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx32m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DyingMember.class.getName(),
                        String.valueOf(node.transport.port()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void signal(Process process, String signal) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start();
        assertThat(kill.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(kill.exitValue()).isZero();
    }

    private static void end(Process process) throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
    }
}
