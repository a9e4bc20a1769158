package io.pgmahout.agent.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's programs, run next to the gate by its {@code job} command, one at a time. */
final class GateJobs {

    private static final long END_MS = 15_000;
    private static final long LOOK_MS = 50;
    private static final long WANTED_NS = 1_000_000_000;

    private final Path run;
    private final long session;
    private final Gate gate;
    private Map<String, String> job = Map.of();
    private @Nullable String unended;
    private long count;

    /** How commands get to the gate. */
    interface Gate {
        /** Returns once the gate took it; fails when it refused. */
        void command(String verb, String... words) throws ActionFailed, InterruptedException;

        /** Sends and forgets. */
        void post(String verb, String... words);
    }

    GateJobs(Path run, long session, Gate gate) {
        this.run = run;
        this.session = session;
        this.gate = gate;
    }

    /** What the gate's {@code job} file says. */
    synchronized void seen(Map<String, String> now) {
        if (!now.equals(job)) {
            job = now;
            notifyAll();
        }
    }

    /** Whether a job is still wanted, asked every second while it runs. */
    interface Wanted {
        /** Fails with the reason why it is not. */
        void orFail() throws ActionFailed;
    }

    /** Runs one to its end; an interrupt cancels it. */
    JobResult run(long limitMs, String tool, String... arguments) throws ActionFailed, InterruptedException {
        return run(limitMs, () -> {}, tool, arguments);
    }

    /** Runs one to its end, or until it is no longer wanted; it has ended then too. */
    JobResult run(long limitMs, Wanted wanted, String tool, String... arguments)
            throws ActionFailed, InterruptedException {
        String id = nextId();
        String[] words = new String[arguments.length + 3];
        words[0] = id;
        words[1] = Long.toString(limitMs);
        words[2] = tool;
        System.arraycopy(arguments, 0, words, 3, arguments.length);
        try {
            unended(id);
            begin(words);
            Map<String, String> ended = await(id, limitMs + END_MS, wanted);
            unended(null);
            return new JobResult(tool, ended.getOrDefault("status", "-"), output("job.out"), output("job.err"));
        } catch (InterruptedException e) {
            gate.post("cancel", id);
            throw e;
        }
    }

    /** Ends the one that an action cut off, or an agent before this one, left running; what it wrote may be cleared then. */
    void endLeft() throws ActionFailed, InterruptedException {
        String own = unended();
        if (own != null) {
            end(own);
            unended(null);
        }
        String other = running();
        if (other != null) {
            end(other);
        }
    }

    private void end(String id) throws ActionFailed, InterruptedException {
        try {
            gate.command("cancel", id);
            await(id, END_MS, () -> {});
        } catch (ActionFailed e) {
            if (!e.detail().endsWith("no-such-job")) {
                throw e;
            }
        }
    }

    private synchronized @Nullable String unended() {
        return unended;
    }

    private synchronized @Nullable String running() {
        return "running".equals(job.get("state")) ? job.get("id") : null;
    }

    private synchronized void unended(@Nullable String id) {
        unended = id;
    }

    private synchronized String nextId() {
        return session + "-" + ++count;
    }

    /** One that was cancelled may take its time to end, and to show. */
    private void begin(String... words) throws ActionFailed, InterruptedException {
        long end = System.nanoTime() + END_MS * 1_000_000;
        while (true) {
            try {
                gate.command("job", words);
                return;
            } catch (ActionFailed e) {
                if (!e.detail().endsWith("job-running") || System.nanoTime() > end) {
                    throw e;
                }
            }
            synchronized (this) {
                wait(LOOK_MS);
            }
        }
    }

    private Map<String, String> await(String id, long limitMs, Wanted wanted)
            throws ActionFailed, InterruptedException {
        long end = System.nanoTime() + limitMs * 1_000_000;
        Map<String, String> ended = awaitUntil(id, Math.min(end, System.nanoTime() + WANTED_NS));
        while (ended == null) {
            if (System.nanoTime() > end) {
                throw ActionFailed.failed("the gate did not tell how its job ended");
            }
            stopUnless(wanted);
            ended = awaitUntil(id, Math.min(end, System.nanoTime() + WANTED_NS));
        }
        return ended;
    }

    private void stopUnless(Wanted wanted) throws ActionFailed, InterruptedException {
        try {
            wanted.orFail();
        } catch (ActionFailed e) {
            endLeft();
            throw e;
        }
    }

    /** Null when it runs on. */
    private synchronized @Nullable Map<String, String> awaitUntil(String id, long endNs) throws InterruptedException {
        while (!id.equals(job.get("id")) || !"done".equals(job.get("state"))) {
            long leftMs = (endNs - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                return null;
            }
            wait(leftMs);
        }
        return job;
    }

    /** The last words of the one that runs, for a progress line. */
    String lastWords() {
        String err = output("job.err");
        return err.substring(Math.max(err.lastIndexOf('\r'), err.lastIndexOf('\n', err.length() - 2)) + 1)
                .strip();
    }

    private String output(String name) {
        try {
            return new String(Files.readAllBytes(run.resolve(name)), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
