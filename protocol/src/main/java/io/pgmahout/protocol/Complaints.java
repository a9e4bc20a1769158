package io.pgmahout.protocol;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Remembers what was told lately, so that one address says the same thing once a minute. Event loop only. */
final class Complaints {
    private static final long PERIOD_NANOS = Duration.ofMinutes(1).toNanos();

    /** Addresses remembered; with more, the one that complained first may do so again sooner. */
    private static final int LIMIT = 512;

    private final Map<String, Long> told = new LinkedHashMap<>();

    /** True when {@code what} about {@code remote} (host:port, the port does not count) was not told within a minute. */
    boolean isNews(String remote, String what, long nowNanos) {
        String key = Strangers.host(remote) + ' ' + what;
        Long last = told.get(key);
        if (last != null && nowNanos - last < PERIOD_NANOS) {
            return false;
        }
        told.remove(key);
        told.put(key, nowNanos);
        if (told.size() > LIMIT) {
            told.remove(told.keySet().iterator().next());
        }
        return true;
    }
}
