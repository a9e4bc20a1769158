package io.pgmahout.tests.kubernetes;

import java.time.Duration;

/** Within which things happen, far above what they take. */
final class Limits {

    static final Duration MINUTE = Duration.ofMinutes(1);

    /** Of a node that boots and brings its pod back, and of all pods that are replaced one by one. */
    static final Duration BOOT = Duration.ofMinutes(3);

    /** What had not reached a standby when the primary was lost may be gone. */
    static final long ASYNCHRONOUS = Duration.ofSeconds(1).toNanos();

    private Limits() {}
}
