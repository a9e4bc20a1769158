package io.pgmahout.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class CommandPipeTest {

    @TempDir
    private Path directory = Path.of("/");

    private Path fifo() throws IOException, InterruptedException {
        Path fifo = directory.resolve("command");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        return fifo;
    }

    @Test
    void aGateThatReadsNoMoreBlocksNobodyAndGetsTheNewestPermit() throws Exception {
        Path fifo = fifo();
        try (CommandPipe pipe = new CommandPipe(fifo, 42);
                FileChannel gate = FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            // More than a pipe holds.
            String filler = "x".repeat(4000);
            CompletableFuture<Long> last = pipe.send("job", filler);
            while (!stuck(last)) {
                last = pipe.send("job", filler);
            }
            for (int i = 1; i <= 10_000; i++) {
                pipe.permit(i, null, i, true);
            }
            CompletableFuture<Long> late = pipe.send("start", "primary");
            late.cancel(false);
            CompletableFuture<Long> after = pipe.send("ping");
            String read = readUntil(gate, " ping\n");
            assertThat(after.get(5, TimeUnit.SECONDS)).isPositive();
            assertThat(read).contains(" permit 10000\n").doesNotContain(" permit 9999\n");
            assertThat(read).doesNotContain("start");
            long permitSeq = Long.parseLong(read.replaceFirst("(?s).*42 (\\d+) permit 10000\n.*", "$1"));
            assertThat(pipe.coreSeq(permitSeq, 10_000)).isEqualTo(10_000);
            assertThat(read).contains("42 " + (permitSeq + 1) + " confirm\n");
        }
    }

    @Test
    void aPermitIsNotInForceBeforeItsLineIs() throws Exception {
        Path fifo = fifo();
        try (CommandPipe pipe = new CommandPipe(fifo, 1);
                FileChannel gate = FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            pipe.permit(100, null, 7, false);
            readUntil(gate, " permit 100\n");
            pipe.permit(200, null, 9, false);
            readUntil(gate, " permit 200\n");
            assertThat(pipe.coreSeq(0, 0)).isZero();
            assertThat(pipe.coreSeq(1, 100)).isEqualTo(7);
            assertThat(pipe.coreSeq(2, 200)).isEqualTo(9);
        }
    }

    @Test
    void aPermitThatTheGateRefusedIsNotInForce() throws Exception {
        Path fifo = fifo();
        try (CommandPipe pipe = new CommandPipe(fifo, 1);
                FileChannel gate = FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            pipe.permit(100, null, 7, false);
            readUntil(gate, " permit 100\n");
            pipe.permit(999_999_999, null, 9, false);
            readUntil(gate, " permit 999999999\n");
            // The gate has come to the second, and holds the first.
            assertThat(pipe.coreSeq(2, 100)).isEqualTo(7);
            pipe.permit(90, null, 11, false);
            readUntil(gate, " permit 90\n");
            assertThat(pipe.coreSeq(3, 90)).isEqualTo(11);
        }
    }

    /** What the gate took back with the end of its server is over unless a line that it has not read gives another. */
    @Test
    void withoutAPermitInForceTheNewestLineIsThatOfTheEnd() throws Exception {
        Path fifo = fifo();
        try (CommandPipe pipe = new CommandPipe(fifo, 1);
                FileChannel gate = FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            pipe.permit(100, null, 7, false);
            readUntil(gate, " permit 100\n");
            assertThat(pipe.coreSeq(1, 0)).isEqualTo(7);
            pipe.permit(200, null, 9, false);
            readUntil(gate, " permit 200\n");
            assertThat(pipe.coreSeq(1, 0)).isZero();
            assertThat(pipe.coreSeq(2, 0)).isEqualTo(9);
        }
    }

    @Test
    void aPermitThatCouldNotBeWrittenIsTriedAgainAndNotInForceBefore() throws Exception {
        try (CommandPipe pipe = new CommandPipe(directory.resolve("command"), 1)) {
            pipe.permit(100, null, 7, true);
            assertThatThrownBy(() -> pipe.send("ping").get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
            assertThat(pipe.coreSeq(Long.MAX_VALUE, 100)).isZero();
            try (FileChannel gate = FileChannel.open(fifo(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                String read = readUntil(gate, " confirm\n");
                assertThat(read).contains(" permit 100\n");
                assertThat(pipe.coreSeq(Long.MAX_VALUE, 100)).isEqualTo(7);
            }
        }
    }

    @Test
    void aPermitIsNotCarriedToAnotherGate() throws Exception {
        Path fifo = directory.resolve("command");
        try (CommandPipe pipe = new CommandPipe(fifo, 1)) {
            pipe.permit(100, null, 7, true);
            assertThatThrownBy(() -> pipe.send("ping").get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
            pipe.reopen();
            try (FileChannel gate = FileChannel.open(fifo(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                pipe.permit(50, null, 9, true);
                assertThat(readUntil(gate, " confirm\n"))
                        .contains(" permit 50\n")
                        .doesNotContain(" permit 100\n");
            }
        }
    }

    private static boolean stuck(CompletableFuture<Long> line) {
        try {
            line.get(500, TimeUnit.MILLISECONDS);
            return false;
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (java.util.concurrent.TimeoutException e) {
            return true;
        }
    }

    private static String readUntil(FileChannel gate, String end) {
        StringBuilder text = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(65_536);
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    buffer.clear();
                    gate.read(buffer);
                    text.append(StandardCharsets.US_ASCII.decode(buffer.flip()));
                    return text.indexOf(end) >= 0;
                });
        return text.toString();
    }
}
