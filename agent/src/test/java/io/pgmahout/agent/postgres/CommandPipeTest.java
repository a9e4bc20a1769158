package io.pgmahout.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

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
            assertThat(pipe.coreSeq(permitSeq)).isEqualTo(10_000);
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
            assertThat(pipe.coreSeq(0)).isZero();
            assertThat(pipe.coreSeq(1)).isEqualTo(7);
            assertThat(pipe.coreSeq(2)).isEqualTo(9);
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
