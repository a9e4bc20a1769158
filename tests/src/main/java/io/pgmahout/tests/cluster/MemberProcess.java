package io.pgmahout.tests.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The gate or the agent of a member: a process that is started again and again, one at a time. */
final class MemberProcess {

    private static final Duration END = Duration.ofSeconds(40);

    private final String member;
    private final String what;
    private @Nullable Process process;

    /** None yet; {@code member} and {@code what} are for messages. */
    MemberProcess(String member, String what) {
        this.member = member;
        this.what = what;
    }

    boolean runs() {
        return process != null && process.isAlive();
    }

    void mustNotRun() {
        if (runs()) {
            throw new ClusterException("%s: the %s runs".formatted(member, what));
        }
    }

    void start(List<String> command, Path log) {
        process = Spawner.start(command, log);
    }

    long pid() {
        return living().pid();
    }

    /** The processes of a program among those that it, or one of its own, started. */
    List<Long> descendants(String program) {
        return living().descendants()
                .filter(one -> one.info().command().orElse("").endsWith("/" + program))
                .map(ProcessHandle::pid)
                .toList();
    }

    /** It and all that it, or one of its own, started; empty when it does not run. */
    List<Long> withDescendants() {
        Process running = process;
        if (running == null || !running.isAlive()) {
            return List.of();
        }
        List<Long> pids = new ArrayList<>(List.of(running.pid()));
        running.descendants().map(ProcessHandle::pid).forEach(pids::add);
        return pids;
    }

    /** Sends a signal and waits for the end; nothing where it does not run. */
    void end(String signal) {
        Process running = process;
        if (running == null || !running.isAlive()) {
            return;
        }
        Processes.signal(signal, List.of(running.pid()));
        try {
            if (!running.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
                throw new ClusterException("%s: pid %d did not end".formatted(member, running.pid()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted", e);
        }
    }

    private Process living() {
        Process running = process;
        if (running == null || !running.isAlive()) {
            throw new ClusterException("%s: the %s does not run".formatted(member, what));
        }
        return running;
    }
}
