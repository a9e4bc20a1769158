package io.pgmahout.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.cluster.ClusterStore.ReadOutcome;
import io.pgmahout.agent.cluster.ClusterStore.WriteOutcome;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.Version;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest extends ClusterStoreContract {

    @TempDir
    private Path directory;

    private Path file() {
        return directory.resolve("record.json");
    }

    @Override
    ClusterStore connect(String cluster) throws IOException {
        return Stores.open(cluster, new FileSettings(file()));
    }

    @Override
    void plant(String record) throws IOException {
        long version = Files.exists(file()) ? 2 : 1;
        Files.writeString(file(), "{\"version\":" + version + ",\"record\":" + record + "}");
    }

    @Override
    void remove() throws IOException {
        Files.delete(file());
    }

    @Override
    String raw() throws Exception {
        return JsonFields.parse("file", Files.readString(file()))
                .fields("record")
                .object()
                .toString();
    }

    /** Another process takes the lock and keeps it. */
    @Override
    AutoCloseable stall() throws IOException {
        Process holder = java(LockHolder.class, lockFile().toString());
        assertThat(holder.inputReader().readLine()).isEqualTo("locked");
        return () -> {
            holder.destroyForcibly();
            assertThat(holder.waitFor(10, TimeUnit.SECONDS)).isTrue();
        };
    }

    @Test
    void aTornFileIsRefusedAndNotOverwritten() throws Exception {
        ClusterStore store = store();
        Version version = applied(store.compareAndSet(null, Records.full(), LIMIT));
        String whole = Files.readString(file());
        for (String torn : List.of("", whole.substring(0, whole.length() / 2), "\0".repeat(whole.length()), "[1]")) {
            Files.writeString(file(), torn);
            assertThat(store.read(LIMIT)).isInstanceOf(ReadOutcome.Refused.class);
            assertThat(store.compareAndSet(version, Records.full(), LIMIT)).isInstanceOf(WriteOutcome.Refused.class);
            assertThat(store.compareAndSet(null, Records.full(), LIMIT)).isInstanceOf(WriteOutcome.Refused.class);
            assertThat(Files.readString(file())).isEqualTo(torn);
        }
        Files.write(file(), new byte[] {(byte) 0xC3, (byte) 0x28});
        assertThat(store.read(LIMIT)).isInstanceOf(ReadOutcome.Refused.class);
        Files.writeString(file(), whole);
        assertThat(store.read(LIMIT)).isEqualTo(new ReadOutcome.Found(new Stored(version, Records.full())));
    }

    @Test
    void anotherClustersFileIsNotOverwritten() throws Exception {
        JsonObject other = RecordJson.encode(Records.full());
        other.addProperty("cluster", "farm");
        plant(other.toString());
        assertThat(store().compareAndSet(new Version(1), Records.full(), LIMIT))
                .isEqualTo(new WriteOutcome.Refused("the record is of cluster \"farm\", not of \"zoo\""));
        assertThat(raw()).isEqualTo(other.toString());
    }

    @Test
    void aWriteThatCouldNotBeginIsRefused() throws Exception {
        ClusterStore store = store();
        Files.createDirectory(directory.resolve("record.json.next"));
        assertThat(store.compareAndSet(null, Records.full(), LIMIT))
                .isInstanceOfSatisfying(
                        WriteOutcome.Refused.class,
                        refused -> assertThat(refused.reason()).startsWith("not sent"));
        assertThat(store.read(LIMIT)).isEqualTo(new ReadOutcome.Absent());
    }

    @Test
    void aWriteGivenUpAtItsDeadlineIsNeverDone() throws Exception {
        ClusterStore store = store();
        whileStalled(() -> {
            assertThat(store.compareAndSet(null, Records.full(), java.time.Duration.ofMillis(50)))
                    .isInstanceOf(WriteOutcome.Refused.class);
        });
        assertThat(store.read(LIMIT)).isEqualTo(new ReadOutcome.Absent());
    }

    @Test
    void whatACrashLeftBehindIsNoObstacle() throws Exception {
        Files.writeString(directory.resolve("record.json.next"), "half a rec");
        applied(store().compareAndSet(null, Records.full(), LIMIT));
    }

    @Test
    void processesTakeTurns() throws Exception {
        Version version = applied(store().compareAndSet(null, Records.first("write-0"), LIMIT));
        long processes = 3;
        int writes = 30;
        List<Process> running = new ArrayList<>();
        for (int i = 0; i < processes; i++) {
            running.add(java(FileWriter.class, file().toString(), Integer.toString(writes)));
        }
        try {
            for (Process process : running) {
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isZero();
            }
        } finally {
            running.forEach(Process::destroyForcibly);
        }
        Stored last = found(store().read(LIMIT));
        assertThat(last.version().value() - version.value()).isEqualTo(processes * writes);
        assertThat(last.record().renewal() - Records.first("write-0").renewal()).isEqualTo(processes * writes);
    }

    @Test
    void aPathThatCannotBeIsSaidAtOnce() throws Exception {
        Path plain = Files.writeString(directory.resolve("plain"), "x");
        assertThatThrownBy(() -> Stores.open("zoo", new FileSettings(plain.resolve("record"))))
                .isInstanceOf(IOException.class);
    }

    private Path lockFile() {
        return directory.resolve("record.json.lock");
    }

    private static Process java(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Takes a lock and keeps it until killed. */
    static final class LockHolder {
        public static void main(String[] arguments) throws IOException {
            try (FileChannel channel =
                    FileChannel.open(Path.of(arguments[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                var lock = channel.lock();
                System.out.println("locked");
                System.in.read();
                lock.release();
            }
        }
    }

    /** Renews a record so and so often. */
    static final class FileWriter {
        public static void main(String[] arguments) throws IOException {
            try (ClusterStore store = Stores.open(Records.CLUSTER, new FileSettings(Path.of(arguments[0])))) {
                int left = Integer.parseInt(arguments[1]);
                while (left > 0) {
                    Stored stored = found(store.read(LIMIT));
                    WriteOutcome outcome = store.compareAndSet(
                            stored.version(),
                            stored.record().draft().as(stored.record().writeId()),
                            LIMIT);
                    if (outcome instanceof WriteOutcome.Applied) {
                        left--;
                    } else if (!(outcome instanceof WriteOutcome.Conflict)) {
                        throw new IllegalStateException(outcome.toString());
                    }
                }
            }
        }
    }
}
