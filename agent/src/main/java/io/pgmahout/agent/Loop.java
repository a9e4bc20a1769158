package io.pgmahout.agent;

import io.pgmahout.agent.ha.AgentState;
import io.pgmahout.agent.ha.Core;
import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Now;
import io.pgmahout.agent.ha.Step;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one control thread: takes events from a bounded queue, steps the core, begins the effects. A queue that is
 * full means that the core has not been stepped for thousands of events: the agent ends, and the gate does the rest.
 */
final class Loop implements Runnable {
    private static final int QUEUE = 4_096;

    private final BlockingQueue<Event> queue = new ArrayBlockingQueue<>(QUEUE);
    private final BootClock clock;
    private final Observer observer;
    private volatile AgentState state;
    private volatile @Nullable Consumer<Step> effects;
    private volatile boolean running = true;

    /** Is told of each step, on the control thread, after its effects were begun. */
    interface Observer {
        void stepped(Event event, Step step, Now now, long tookNanos);

        /** The queue is full or a step threw: the agent must end. */
        void broken(String why, @Nullable Throwable cause);
    }

    Loop(AgentState start, BootClock clock, Observer observer) {
        this.state = start;
        this.clock = clock;
        this.observer = observer;
    }

    /** Tells the core. Any thread; never blocks. */
    void tell(Event event) {
        if (!queue.offer(event) && running) {
            running = false;
            observer.broken("the event queue is full", null);
        }
    }

    /** The state after the last step. Any thread. */
    AgentState state() {
        return state;
    }

    Now now() {
        return clock.now();
    }

    /** Runs until {@link #stop}; {@code begin} gets the effects of each step. */
    void start(Consumer<Step> begin) {
        effects = begin;
        Thread.ofPlatform().name("control").start(this);
    }

    void stop() {
        running = false;
        queue.offer(new Event.Tick());
    }

    @Override
    public void run() {
        long wakeUpMs = clock.now().ms();
        try {
            while (running) {
                Event event = queue.poll(Math.max(0, wakeUpMs - clock.now().ms()), TimeUnit.MILLISECONDS);
                if (running) {
                    wakeUpMs = step(event == null ? new Event.Tick() : event);
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error bug) {
            running = false;
            observer.broken("a step of the control loop failed", bug);
        }
    }

    /** An agent that ends takes no further step: what it left behind for the next one stays as it is. */
    private long step(Event event) {
        long beganNanos = System.nanoTime();
        Now now = clock.now();
        Step step = Core.step(state, event, now);
        state = step.next();
        Consumer<Step> begin = effects;
        if (begin != null) {
            begin.accept(step);
        }
        observer.stepped(event, step, now, System.nanoTime() - beganNanos);
        if (step.effects().stream().anyMatch(Effect.Exit.class::isInstance)) {
            running = false;
        }
        return step.wakeUpMs();
    }
}
