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
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gate's FIFO, written by a thread of its own, so that a gate that reads no more blocks nobody: at most one
 * permit (the newest) and 64 other lines wait. A permit never waits behind another command. Numbers are given to
 * lines as they are written and grow over the life of the agent.
 */
final class CommandPipe implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CommandPipe.class);
    private static final int MAX_LINE_BYTES = 4096;
    private static final int MAX_WAITING = 64;

    private final Path fifo;
    private final long session;
    private final Queue<Line> lines = new ArrayDeque<>();
    private final TreeMap<Long, Long> coreSeqs = new TreeMap<>();
    private final Thread writer;
    private @Nullable Permit permit;
    private @Nullable FileChannel channel;
    private long seq;
    private boolean closed;

    private record Line(String text, CompletableFuture<Long> written) {}

    private record Permit(String text, long coreSeq, boolean confirm) {}

    CommandPipe(Path fifo, long session) {
        this.fifo = fifo;
        this.session = session;
        this.writer = Thread.ofPlatform().name("gate-commands").daemon().start(this::write);
    }

    /** A new gate made a new FIFO. What waits goes to that one. */
    synchronized void reopen() {
        closeChannel();
        notifyAll();
    }

    synchronized void permit(long deadlineCs, @Nullable Timeline timeline, long coreSeq, boolean confirm) {
        boolean confirmed = confirm || (permit != null && permit.confirm());
        String text = "permit " + deadlineCs + (timeline == null ? "" : " " + timeline.fileName());
        permit = new Permit(text, coreSeq, confirmed);
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

    /** The greatest number the core gave to a permit among the lines up to {@code pipeSeq}. */
    synchronized long coreSeq(long pipeSeq) {
        Long floor = coreSeqs.floorKey(pipeSeq);
        if (floor == null) {
            return 0;
        }
        coreSeqs.headMap(floor).clear();
        return coreSeqs.getOrDefault(floor, 0L);
    }

    private void write() {
        while (awaitWork()) {
            Line line;
            String text;
            FileChannel out;
            synchronized (this) {
                lines.removeIf(waiting -> waiting.written().isCancelled());
                if (permit == null && lines.isEmpty()) {
                    continue;
                }
                Permit next = permit;
                permit = null;
                long first = ++seq;
                if (next != null) {
                    line = null;
                    text = session + " " + first + " " + next.text() + "\n";
                    coreSeqs.put(first, next.coreSeq());
                    if (coreSeqs.size() > 1000) {
                        coreSeqs.pollFirstEntry();
                    }
                    text += next.confirm() ? session + " " + ++seq + " confirm\n" : "";
                } else {
                    line = lines.remove();
                    text = session + " " + first + " " + line.text() + "\n";
                }
                out = open();
            }
            finish(line, text, out);
        }
    }

    private void finish(@Nullable Line line, String text, @Nullable FileChannel out) {
        IOException failure = null;
        long number = Long.parseLong(text.split(" ", 3)[1]);
        try {
            put(text, out);
        } catch (ClosedChannelException e) {
            failure = again(text);
        } catch (IOException e) {
            failure = e;
        }
        if (failure != null) {
            LOG.debug("a command was not written: {}", failure.toString());
        }
        if (line != null && failure != null) {
            line.written().completeExceptionally(failure);
        } else if (line != null) {
            line.written().complete(number);
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
            while (!closed && permit == null && lines.isEmpty()) {
                wait();
            }
            return !closed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
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
