package io.pgmahout.protocol;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Waits for what should not happen. */
final class Awaiting {
    private Awaiting() {}

    /** Holds that something stays true for that long. */
    static void quietFor(Duration time, Callable<Boolean> condition) {
        Awaitility.await()
                .during(time)
                .atMost(time.plusSeconds(10))
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }
}
