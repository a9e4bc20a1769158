package io.pgmahout.agent.cluster;

import com.google.gson.JsonObject;
import io.pgmahout.agent.calls.Attempt;
import io.pgmahout.agent.calls.Deadline;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The record in one file on this host: read and replaced under a lock, on a thread of the store's own, so that a disk
 * that hangs costs a caller no more than its deadline. Content that is not a record is refused and never overwritten.
 */
final class FileStore implements ClusterStore {

    private static final Logger LOG = LoggerFactory.getLogger(FileStore.class);
    private static final int MAX_WAITING = 32;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

    private final String cluster;
    private final RecordFile file;
    private final HostLock lock;
    private final ThreadPoolExecutor worker;
    private final List<FileWatch> watches = new CopyOnWriteArrayList<>();

    FileStore(String cluster, Path path) throws IOException {
        Path directory = path.toAbsolutePath().normalize().getParent();
        Path name = path.getFileName();
        if (directory == null || name == null) {
            throw new IOException("not a file the record can lie in: " + path);
        }
        Path real = Files.createDirectories(directory).toRealPath().resolve(name);
        this.cluster = cluster;
        this.file = new RecordFile(real);
        this.lock = new HostLock(real.resolveSibling(name + ".lock"));
        this.worker = new ThreadPoolExecutor(
                1,
                1,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(MAX_WAITING),
                Thread.ofPlatform().daemon().name("file-store").factory());
    }

    @Override
    public ReadOutcome read(Duration deadline) {
        Deadline end = Deadline.after(deadline);
        ReadOutcome outcome = run(end, attempt -> readNow(end));
        return outcome != null ? outcome : new ReadOutcome.Unavailable("no answer of the disk in " + deadline);
    }

    @Override
    public WriteOutcome compareAndSet(@Nullable Version base, ClusterRecord record, Duration deadline) {
        if (!record.cluster().equals(cluster)) {
            throw new IllegalArgumentException("a record of " + record.cluster() + " for the store of " + cluster);
        }
        Deadline end = Deadline.after(deadline);
        Attempt<WriteOutcome> attempt = new Attempt<>();
        if (!submit(attempt, ours -> writeNow(base, record, end, ours))) {
            return new WriteOutcome.Refused("not sent: the store is closed or too many calls wait for the disk");
        }
        WriteOutcome outcome = end.await(attempt.result());
        if (outcome != null) {
            return outcome;
        }
        return attempt.abandon()
                ? new WriteOutcome.Refused("not sent: the disk or the lock was not to be had in " + deadline)
                : new WriteOutcome.Unknown("no answer of the disk in " + deadline);
    }

    @Override
    public void watch(Consumer<Stored> seen, Consumer<String> lost) {
        FileWatch watch = new FileWatch(file.path(), this::read, new Witness(seen, lost));
        watches.add(watch);
        watch.start();
    }

    @Override
    public void close() {
        watches.forEach(FileWatch::close);
        worker.shutdown();
        try {
            if (!worker.awaitTermination(CLOSE_LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("closed while a call on {} still hangs", file.path());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private <T> @Nullable T run(Deadline end, Function<Attempt<T>, T> work) {
        Attempt<T> attempt = new Attempt<>();
        return submit(attempt, work) ? end.await(attempt.result()) : null;
    }

    private <T> boolean submit(Attempt<T> attempt, Function<Attempt<T>, T> work) {
        try {
            worker.execute(() -> {
                try {
                    attempt.result().complete(work.apply(attempt));
                } catch (RuntimeException e) {
                    attempt.result().completeExceptionally(e);
                }
            });
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private ReadOutcome readNow(Deadline end) {
        try {
            ReadOutcome outcome = lock.hold(end, held -> {
                try {
                    RecordFile.Envelope stored = file.read();
                    return stored == null
                            ? new ReadOutcome.Absent()
                            : new ReadOutcome.Found(new Stored(
                                    new Version(stored.version()), RecordJson.decode(stored.record(), cluster)));
                } catch (UnreadableException e) {
                    return new ReadOutcome.Refused(e.reason());
                }
            });
            return outcome != null ? outcome : new ReadOutcome.Unavailable("the lock is held by another");
        } catch (IOException e) {
            return new ReadOutcome.Unavailable(e.toString());
        }
    }

    private WriteOutcome writeNow(
            @Nullable Version base, ClusterRecord record, Deadline end, Attempt<WriteOutcome> attempt) {
        boolean[] committed = new boolean[1];
        try {
            WriteOutcome outcome = lock.hold(end, held -> {
                if (attempt.abandoned()) {
                    return new WriteOutcome.Refused("not sent: given up");
                }
                try {
                    RecordFile.Envelope stored = file.read();
                    if (stored != null) {
                        RecordJson.decode(stored.record(), cluster);
                    }
                    if (base == null ? stored != null : stored == null || stored.version() != base.value()) {
                        return new WriteOutcome.Conflict();
                    }
                    JsonObject next = next(LastVersion.next(held, stored), stored, record);
                    boolean replaced = file.replace(next, () -> committed[0] = attempt.commit());
                    return replaced
                            ? new WriteOutcome.Applied(
                                    new Version(next.get("version").getAsLong()))
                            : new WriteOutcome.Refused("not sent: given up");
                } catch (UnreadableException e) {
                    return new WriteOutcome.Refused(e.reason());
                }
            });
            return outcome != null ? outcome : new WriteOutcome.Refused("not sent: the lock is held by another");
        } catch (IOException e) {
            return committed[0] ? new WriteOutcome.Unknown(e.toString()) : new WriteOutcome.Refused("not sent: " + e);
        }
    }

    private static JsonObject next(long version, RecordFile.@Nullable Envelope stored, ClusterRecord record) {
        JsonObject json = RecordJson.encode(record);
        JsonObject whole = new JsonObject();
        whole.addProperty("version", version);
        whole.add("record", json);
        if (stored != null) {
            UnknownFields.carry(stored.record(), json);
            stored.whole().entrySet().stream()
                    .filter(field -> !whole.has(field.getKey()))
                    .forEach(field -> whole.add(field.getKey(), field.getValue()));
        }
        return whole;
    }
}
