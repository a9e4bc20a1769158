package io.pgmahout.tests.gate;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/**
 * A running {@code pgmahout-gate} and an agent's side of its contract: commands in, state out. Closing it
 * kills the gate and whatever works in its data directory. Safe for use by several threads.
 */
public final class GateProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path run;
    private final Path data;
    private final Process process;
    private final long pid;
    private final AtomicLong session = new AtomicLong(1);
    private final AtomicLong sequence = new AtomicLong();

    private GateProcess(Path run, Path data, Process process, long pid) {
        this.run = run;
        this.data = data;
        this.process = process;
        this.pid = pid;
    }

    /** The gate of this source tree. */
    public static Path script() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("gate/pgmahout-gate"))) {
            Path parent = directory.getParent();
            if (parent == null) {
                throw new IllegalStateException("gate/pgmahout-gate is not above the working directory");
            }
            directory = parent;
        }
        return directory.resolve("gate/pgmahout-gate");
    }

    /** The command that starts a gate, as the user of PostgreSQL. */
    public static List<String> command(Path run, Path data, String... options) {
        List<String> command = new ArrayList<>(arguments(run, data));
        command.addAll(List.of("--bin", PostgresPrograms.bin().toString()));
        command.addAll(List.of(options));
        return PostgresUser.command(command);
    }

    /** The script with the arguments it cannot do without. */
    static List<String> arguments(Path run, Path data) {
        return List.of(readable(script()).toString(), "--run", run.toString(), "--data", data.toString());
    }

    /** The tests' source tree may lie where the user of PostgreSQL cannot read it: then a copy runs. */
    private static Path readable(Path script) {
        return PostgresUser.isRoot() ? Copy.SCRIPT : script;
    }

    private static final class Copy {
        static final Path SCRIPT = make();

        private static Path make() {
            Path directory = PostgresUser.newDirectory("pgmahout-gate");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> PostgresUser.deleteTree(directory)));
            Path copy = directory.resolve("pgmahout-gate");
            PostgresUser.runAs(List.of("install", "-m", "0755", script().toString(), copy.toString()));
            return copy;
        }
    }

    /** Starts a gate and waits until it listens. Its standard error is appended to the file {@code RUN.err}. */
    public static GateProcess start(Path run, Path data, String... options) {
        return start(run, data, command(run, data, options));
    }

    static GateProcess start(Path run, Path data, List<String> command) {
        try {
            Files.deleteIfExists(run.resolve("state"));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(errors(run).toFile()))
                    .start();
            Awaitility.await("the gate listens")
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> !process.isAlive() || Files.exists(run.resolve("state")));
            if (!process.isAlive()) {
                throw new AssertionError(
                        "the gate exited " + process.exitValue() + ": " + Files.readString(errors(run)));
            }
            return new GateProcess(run, data, process, process.pid());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path errors(Path run) {
        return run.resolveSibling(run.getFileName() + ".err");
    }

    public Path run() {
        return run;
    }

    public Path data() {
        return data;
    }

    public long pid() {
        return pid;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** A new, greater session: what an agent does when it starts. */
    public void newSession() {
        session.incrementAndGet();
        sequence.set(0);
        send("hello");
    }

    /** Sends one command and returns its sequence number; does not wait for its effect. */
    public long send(String verb, String... words) {
        long number = sequence.incrementAndGet();
        // The newline before it keeps what another left unfinished from spoiling the command.
        StringBuilder line =
                new StringBuilder("\n").append(session.get()).append(' ').append(number);
        line.append(' ').append(verb);
        for (String word : words) {
            line.append(' ').append(encode(word));
        }
        write(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        return number;
    }

    /** Writes raw bytes into the command FIFO, in one piece. */
    public void write(byte[] bytes) {
        // Opened read-write, a FIFO never blocks for want of a reader.
        try (RandomAccessFile fifo = new RandomAccessFile(run.resolve("command").toFile(), "rw")) {
            fifo.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String encode(String word) {
        StringBuilder encoded = new StringBuilder();
        for (byte octet : word.getBytes(StandardCharsets.UTF_8)) {
            char character = (char) (octet & 0xff);
            boolean plain =
                    character < 0x80 && (Character.isLetterOrDigit(character) || "._/:=,+@-".indexOf(character) >= 0);
            encoded.append(plain ? String.valueOf(character) : String.format("%%%02X", octet & 0xff));
        }
        return encoded.toString();
    }

    /** Permits writing for {@code ahead} from now and returns the deadline, an uptime. */
    public long permit(Duration ahead) {
        long deadline = Uptime.in(ahead);
        send("permit", Long.toString(deadline));
        return deadline;
    }

    /** Sends {@code confirm} and waits until everything sent before it has taken effect. */
    public KeyValues confirm() {
        long current = session.get();
        long number = send("confirm");
        return await("confirmed", state -> state.number("session") == current && state.number("seq") >= number);
    }

    public KeyValues state() {
        return KeyValues.read(run.resolve("state"));
    }

    public KeyValues job() {
        return KeyValues.read(run.resolve("job"));
    }

    /** Waits until the state file fulfils {@code wish}. */
    public KeyValues await(String what, Predicate<KeyValues> wish) {
        return Awaitility.await(what)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(this::state, state -> state.values().containsKey("ignored") && wish.test(state));
    }

    /** Waits until the server is in the given state: none, running, stopping, frozen, killing. */
    public KeyValues awaitServer(String server) {
        return await("server=" + server, state -> state.get("server").equals(server));
    }

    /** Runs one of PostgreSQL's tools as a job and waits for its end. */
    public KeyValues runJob(String id, Duration limit, String tool, String... words) {
        startJob(id, limit, tool, words);
        return awaitJob(id);
    }

    public void startJob(String id, Duration limit, String tool, String... words) {
        List<String> all = new ArrayList<>(List.of(id, Long.toString(limit.toMillis()), tool));
        all.addAll(List.of(words));
        send("job", all.toArray(String[]::new));
    }

    public KeyValues awaitJob(String id) {
        return Awaitility.await("job " + id)
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(5))
                .until(
                        this::job,
                        job -> job.get("id").equals(id) && job.get("state").equals("done"));
    }

    public String log() {
        try {
            return Files.readString(run.resolve("log"));
        } catch (IOException e) {
            return "";
        }
    }

    /** Waits for a line of the log, which another process writes than the state: neither comes first. */
    public void awaitLog(String words) {
        Awaitility.await("a line of the log: " + words)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .until(() -> log().contains(words));
    }

    /** SIGTERM to the gate. */
    public void terminate() {
        ProcessTable.signal("TERM", pid);
    }

    /** Waits for the gate's own end and returns its exit status. */
    public int awaitExit() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the gate still runs; " + log());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** SIGKILL to the gate alone. */
    public void killGate() {
        process.destroyForcibly();
        awaitExit();
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            killGate();
        }
        Awaitility.await("no process is left in " + data)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    List<Long> left = ProcessTable.workingIn(data);
                    left.forEach(each -> ProcessHandle.of(each).ifPresent(ProcessHandle::destroyForcibly));
                    return left.isEmpty();
                });
    }
}
