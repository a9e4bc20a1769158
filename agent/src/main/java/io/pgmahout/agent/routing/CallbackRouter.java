package io.pgmahout.agent.routing;

import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a command on each change of role, with the arguments role ({@code primary}, {@code standby}, {@code none}),
 * cluster, member and term: for a virtual IP, say. One runs at a time, in order; of those that wait the newest wins.
 * One that takes longer than the limit is killed with all it started. Output goes nowhere. For the same role and term
 * it runs once, unless it failed.
 */
public final class CallbackRouter implements Router {

    private static final long LOOK_AGAIN_MS = 60_000;

    private final Supplier<Optional<Callback>> callback;
    private final String cluster;
    private final MemberName member;
    private final Consumer<Notice> log;
    private final Thread worker;
    private final Object lock = new Object();
    private @Nullable Call wanted;
    private @Nullable Call last;
    private boolean closed;

    private record Call(Role role, Term term) {}

    /** What is run, with its first arguments, and how long it may take. */
    public record Callback(List<String> command, Duration limit) {
        public Callback {
            command = List.copyOf(command);
            if (command.isEmpty()) {
                throw new IllegalArgumentException("a callback has a command");
            }
        }
    }

    /**
     * @param callback what there is to run now, asked at each change of role; nothing if empty
     * @param log called on a thread of the router
     */
    public CallbackRouter(
            Supplier<Optional<Callback>> callback, String cluster, MemberName member, Consumer<Notice> log) {
        this.callback = callback;
        this.cluster = cluster;
        this.member = member;
        this.log = log;
        this.worker = Thread.ofPlatform().daemon().name("callback").start(this::work);
    }

    @Override
    public void route(Role role, Term term, boolean promoting) {
        synchronized (lock) {
            Call call = new Call(role, term);
            if (!call.equals(last)) {
                last = call;
                wanted = call;
                lock.notifyAll();
            }
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            wanted = null;
            lock.notifyAll();
        }
        worker.interrupt();
    }

    private void work() {
        try {
            for (Call call = next(); call != null; call = next()) {
                Callback now = callback.get().orElse(null);
                String fault = now == null ? null : run(now, call);
                if (fault != null) {
                    failed(call, fault);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable Call next() throws InterruptedException {
        synchronized (lock) {
            while (wanted == null && !closed) {
                lock.wait(LOOK_AGAIN_MS);
            }
            Call call = wanted;
            wanted = null;
            return call;
        }
    }

    /** What went wrong, or null. */
    private @Nullable String run(Callback now, Call call) throws InterruptedException {
        List<String> line = new ArrayList<>(now.command());
        line.addAll(List.of(role(call), cluster, member.value(), call.term().toString()));
        Process process;
        try {
            process = new ProcessBuilder(line)
                    .redirectInput(Redirect.from(new File("/dev/null")))
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
        try {
            if (process.waitFor(now.limit().toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue() == 0 ? null : "exit status " + process.exitValue();
            }
            return "killed after " + now.limit().toMillis() + " ms";
        } finally {
            kill(process);
        }
    }

    /** Children first: once their parent is gone nobody knows whose they were. */
    private static void kill(Process process) {
        if (process.isAlive()) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private void failed(Call call, String fault) {
        synchronized (lock) {
            if (call.equals(last)) {
                last = null;
            }
        }
        log.accept(new Notice(
                EventCode.CALLBACK_FAILED,
                Map.of(EventCode.Field.ROLE.key(), role(call), EventCode.Field.DETAIL.key(), fault)));
    }

    private static String role(Call call) {
        return call.role().name().toLowerCase(Locale.ROOT);
    }
}
