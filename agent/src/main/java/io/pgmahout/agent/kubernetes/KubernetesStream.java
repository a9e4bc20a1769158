package io.pgmahout.agent.kubernetes;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** The lines of one streamed answer; a few are kept for the reader, who is unparked for each and for the end. */
final class KubernetesStream implements Callback {

    private static final int KEPT_LINES = 16;
    private static final long MAX_LINE_BYTES = 4 << 20;
    private static final int MAX_REFUSAL_BYTES = 64 << 10;

    private final Thread reader;
    private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(KEPT_LINES);
    private volatile boolean begun;
    private volatile @Nullable KubernetesReply refusal;
    private volatile @Nullable String ended;

    KubernetesStream(Thread reader) {
        this.reader = reader;
    }

    /** Whether the server has begun to answer with lines. */
    boolean begun() {
        return begun;
    }

    /** The line that came, or null. */
    @Nullable
    String take() {
        return lines.poll();
    }

    /** Why no more lines come, or null; those that came before are still to be taken. */
    @Nullable
    String ended() {
        return lines.isEmpty() ? ended : null;
    }

    /** What the server answered instead of lines, or null. */
    @Nullable
    KubernetesReply refusal() {
        return refusal;
    }

    void end(String reason) {
        if (ended == null) {
            ended = reason;
        }
        LockSupport.unpark(reader);
    }

    @Override
    public void onFailure(Call call, IOException failure) {
        end(failure.toString());
    }

    @Override
    public void onResponse(Call call, Response response) {
        try (response) {
            if (!response.isSuccessful()) {
                KubernetesReply reply = KubernetesReply.of(
                        response.code(),
                        response.header("Retry-After"),
                        response.peekBody(MAX_REFUSAL_BYTES).string());
                refusal = reply;
                end(reply.problem());
                return;
            }
            begun = true;
            LockSupport.unpark(reader);
            BufferedSource source = response.body().source();
            while (!source.exhausted()) {
                hand(source.readUtf8LineStrict(MAX_LINE_BYTES));
            }
            end("the watch ended");
        } catch (IOException e) {
            end(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end("interrupted");
        }
    }

    /** Waits for the reader, whose cancelling of the call is seen at the next line. */
    private void hand(String line) throws InterruptedException {
        boolean handed = false;
        while (!handed && ended == null) {
            handed = lines.offer(line, 1, TimeUnit.SECONDS);
            LockSupport.unpark(reader);
        }
    }
}
