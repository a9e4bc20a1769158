package io.pgmahout.agent.cluster;

import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The lines of one streamed answer, one at a time: the next is asked for when the last was taken. */
final class EtcdStream implements Flow.Subscriber<String> {

    private final Thread reader;
    private final AtomicReference<@Nullable String> line = new AtomicReference<>();
    private volatile Flow.@Nullable Subscription subscription;
    private volatile @Nullable String ended;

    /** {@code reader} is unparked for every line and for the end. */
    EtcdStream(Thread reader) {
        this.reader = reader;
    }

    /** The line that came, or null. */
    @Nullable
    String take() {
        String taken = line.getAndSet(null);
        Flow.Subscription current = subscription;
        if (taken != null && current != null) {
            current.request(1);
        }
        return taken;
    }

    /** Why no more lines come, or null. */
    @Nullable
    String ended() {
        return ended;
    }

    @Override
    public void onSubscribe(Flow.Subscription to) {
        subscription = to;
        to.request(1);
    }

    @Override
    public void onNext(String item) {
        line.set(item);
        LockSupport.unpark(reader);
    }

    @Override
    public void onError(Throwable failure) {
        end(failure.toString());
    }

    @Override
    public void onComplete() {
        end("the watch ended");
    }

    private void end(String reason) {
        if (ended == null) {
            ended = reason;
        }
        LockSupport.unpark(reader);
    }
}
