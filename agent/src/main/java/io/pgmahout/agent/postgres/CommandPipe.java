package io.pgmahout.agent.postgres;

import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gate's FIFO, written by a thread of its own, so that a gate that reads no more blocks nobody: at most one
 * permit (the newest) and 64 other lines wait. A permit never waits behind another command, and one that could not be
 * written is tried again. Numbers are given to lines as they are written and grow over the life of the agent.
 */
final class CommandPipe implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CommandPipe.class);
    private static final int MAX_LINE_BYTES = 4096;
    private static final int MAX_WAITING = 64;
    private static final int MAX_GIVEN = 1000;
    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Path fifo;
    private final long session;
    private final Queue<Line> lines = new ArrayDeque<>();
    private final NavigableMap<Long, Permit> given = new TreeMap<>();
    private final Thread writer;
    private @Nullable Permit permit;
    private long permitDueNs = System.nanoTime();
    private @Nullable FileChannel channel;
    private long seq;
    private boolean closed;

    private record Line(String text, CompletableFuture<Long> written) {}

    private record Permit(long deadlineCs, String text, long coreSeq, boolean confirm) {}

    CommandPipe(Path fifo, long session) {
        this.fifo = fifo;
        this.session = session;
        this.writer = Thread.ofPlatform().name("gate-commands").daemon().start(this::write);
    }

    /**
     * A new gate made a new FIFO. What waits goes to that one, but for permits: those were for the gate before, and the
     * new one has none.
     */
    synchronized void reopen() {
        closeChannel();
        permit = null;
        given.clear();
        notifyAll();
    }

    synchronized void permit(long deadlineCs, @Nullable Timeline timeline, long coreSeq, boolean confirm) {
        boolean confirmed = confirm || (permit != null && permit.confirm());
        String text = "permit " + deadlineCs + (timeline == null ? "" : " " + timeline.fileName());
        permit = new Permit(deadlineCs, text, coreSeq, confirmed);
        permitDueNs = System.nanoTime();
        notifyAll();
    }

    /** As {@link #send}, for those that need no word of it. */
    void post(String verb, String... words) {
        enqueue(new CompletableFuture<>(), verb, words);
    }

    /**
     * Completes with the line's number once it is written, or exceptionally when that cannot be. One that is
     * cancelled before is not written.
     */
    CompletableFuture<Long> send(String verb, String... words) {
        CompletableFuture<Long> written = new CompletableFuture<>();
        enqueue(written, verb, words);
        return written;
    }

    private void enqueue(CompletableFuture<Long> written, String verb, String... words) {
        StringBuilder text = new StringBuilder(verb);
        for (String word : words) {
            text.append(' ').append(GateText.encode(word));
        }
        synchronized (this) {
            if (closed || lines.size() >= MAX_WAITING) {
                written.completeExceptionally(new IOException("the gate does not take commands"));
            } else if (text.length() > MAX_LINE_BYTES - 48) {
                written.completeExceptionally(new IOException("the command is longer than the gate takes"));
            } else {
                lines.add(new Line(text.toString(), written));
                notifyAll();
            }
        }
    }

    /**
     * The number that the core gave to the permit in force: the newest of the lines up to {@code pipeSeq} that the gate
     * did not refuse, 0 when there is none. No permit at all is what a gate has whose server ended, whatever the
     * newest line gave: it is that line's number then, unless another is on its way.
     *
     * @param deadlineCs of the permit that the gate had in force after that line
     */
    synchronized long coreSeq(long pipeSeq, long deadlineCs) {
        if (deadlineCs == 0 && permit == null && !given.isEmpty() && given.lastKey() <= pipeSeq) {
            return given.lastEntry().getValue().coreSeq();
        }
        for (Map.Entry<Long, Permit> line :
                given.headMap(pipeSeq, true).descendingMap().entrySet()) {
            if (line.getValue().deadlineCs() == deadlineCs) {
                given.headMap(line.getKey()).clear();
                return line.getValue().coreSeq();
            }
        }
        return 0;
    }

    private void write() {
        while (awaitWork()) {
            Line line;
            Permit next;
            String text;
            long number;
            FileChannel out;
            synchronized (this) {
                lines.removeIf(waiting -> waiting.written().isCancelled());
                next = permitLeftNs() <= 0 ? permit : null;
                line = next == null ? lines.poll() : null;
                if (next != null) {
                    permit = null;
                    number = ++seq;
                    text = text(number, next.text()) + (next.confirm() ? text(++seq, "confirm") : "");
                    given.put(number, next);
                    if (given.size() > MAX_GIVEN) {
                        given.pollFirstEntry();
                    }
                } else if (line != null) {
                    number = ++seq;
                    text = text(number, line.text());
                } else {
                    continue;
                }
                out = open();
            }
            if (next != null) {
                finish(next, number, text, out);
            } else if (line != null) {
                finish(line, number, text, out);
            }
        }
    }

    private String text(long number, String command) {
        return session + " " + number + " " + command + "\n";
    }

    private void finish(Line line, long number, String text, @Nullable FileChannel out) {
        IOException failure = null;
        try {
            put(text, out);
        } catch (ClosedChannelException e) {
            failure = again(text);
        } catch (IOException e) {
            failure = e;
        }
        if (failure == null) {
            line.written().complete(number);
        } else {
            LOG.debug("a command was not written: {}", failure.toString());
            line.written().completeExceptionally(failure);
        }
    }

    /** One that was not written is not in force, and waits again unless a newer one does. */
    private void finish(Permit written, long number, String text, @Nullable FileChannel out) {
        try {
            put(text, out);
        } catch (IOException e) {
            LOG.debug("a permit was not written: {}", e.toString());
            synchronized (this) {
                boolean sameGate = given.remove(number) != null;
                if (permit != null) {
                    permit = new Permit(
                            permit.deadlineCs(),
                            permit.text(),
                            permit.coreSeq(),
                            permit.confirm() || written.confirm());
                } else if (sameGate) {
                    permit = written;
                    permitDueNs = System.nanoTime() + RETRY_NS;
                }
            }
        }
    }

    /** A new gate came just now: its FIFO gets the line, whatever became of it in the old one. */
    private @Nullable IOException again(String text) {
        try {
            FileChannel fresh;
            synchronized (this) {
                fresh = closed ? null : open();
            }
            put(text, fresh);
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private static void put(String text, @Nullable FileChannel out) throws IOException {
        if (out == null) {
            throw new IOException("the gate's command pipe is not there");
        }
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /** False when there will be no more work. */
    private synchronized boolean awaitWork() {
        try {
            for (long left = permitLeftNs(); !closed && left > 0 && lines.isEmpty(); left = permitLeftNs()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
            return !closed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Until a permit is to be written; as good as for ever while none waits. */
    private long permitLeftNs() {
        return permit == null ? Long.MAX_VALUE : permitDueNs - System.nanoTime();
    }

    /** Opened for reading too, so that opening never waits for a gate to read. */
    private @Nullable FileChannel open() {
        if (channel == null || !channel.isOpen()) {
            try {
                channel = FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE);
            } catch (IOException e) {
                channel = null;
            }
        }
        return channel;
    }

    private void closeChannel() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.debug("closing the command pipe", e);
        }
        channel = null;
    }

    @Override
    public synchronized void close() {
        closed = true;
        closeChannel();
        lines.forEach(line -> line.written().completeExceptionally(new IOException("the agent ends")));
        lines.clear();
        notifyAll();
        writer.interrupt();
    }
}
