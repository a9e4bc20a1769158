package io.pgmahout.agent.gossip;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many messages of each member are taken: a member that floods is heard, but fills no queue of this agent's. A member has
 * some dozens to say a second. One thread.
 */
final class Intake {

    /** At once, as after a stall. */
    static final int BURST = 1_000;

    /** In the long run. */
    static final int PER_SECOND = 500;

    private static final long NEWS_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

    /** Members remembered: as many as are ever connected. In plain text anybody may claim another name each time. */
    private static final int MEMBERS = 64;

    private final Map<String, Allowance> allowances = new LinkedHashMap<>();

    private static final class Allowance {
        private double left = BURST;
        private long countedNanos;
        private long toldNanos;

        Allowance(long nowNanos) {
            countedNanos = nowNanos;
            toldNanos = nowNanos - NEWS_NANOS;
        }
    }

    /** Whether a message of {@code member} is taken; nanoseconds of a monotonic clock. */
    boolean admits(String member, long nowNanos) {
        Allowance allowance = of(member, nowNanos);
        double earned = (double) (nowNanos - allowance.countedNanos) * PER_SECOND / SECOND_NANOS;
        allowance.left = Math.min(BURST, allowance.left + earned);
        allowance.countedNanos = nowNanos;
        if (allowance.left < 1) {
            return false;
        }
        allowance.left--;
        return true;
    }

    /** Whether nothing was told of {@code member} for a minute. */
    boolean isNews(String member, long nowNanos) {
        Allowance allowance = of(member, nowNanos);
        if (nowNanos - allowance.toldNanos < NEWS_NANOS) {
            return false;
        }
        allowance.toldNanos = nowNanos;
        return true;
    }

    private Allowance of(String member, long nowNanos) {
        Allowance known = allowances.get(member);
        if (known == null) {
            known = new Allowance(nowNanos);
            if (allowances.size() >= MEMBERS) {
                allowances.remove(allowances.keySet().iterator().next());
            }
            allowances.put(member, known);
        }
        return known;
    }
}
