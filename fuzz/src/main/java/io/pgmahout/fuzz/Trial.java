package io.pgmahout.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** One input, read under the bounds of memory and time that hold for all. */
final class Trial {

    /** Processor time for one input; a second is long even on a machine that does much else. */
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Trial() {}

    /** Throws what the target threw, or an error that names the bound. What is made once, such as classes, does not count. */
    static void of(Target target, byte[] input) throws Exception {
        if (!Spent.on(target, input).within(target, input)) {
            Spent again = Spent.on(target, input);
            if (!again.within(target, input)) {
                throw new AssertionError(
                        "%d bytes of input took %d bytes of memory, allowed are %d, and %s of a processor"
                                .formatted(
                                        input.length,
                                        again.bytes(),
                                        target.allocationBytes(input.length),
                                        Duration.ofNanos(again.nanos())));
            }
        }
    }

    private record Spent(long bytes, long nanos) {

        static Spent on(Target target, byte[] input) throws Exception {
            long bytes = THREADS.getCurrentThreadAllocatedBytes();
            long nanos = THREADS.getCurrentThreadCpuTime();
            target.read(input.clone());
            return new Spent(
                    THREADS.getCurrentThreadAllocatedBytes() - bytes, THREADS.getCurrentThreadCpuTime() - nanos);
        }

        boolean within(Target target, byte[] input) {
            return bytes <= target.allocationBytes(input.length) && nanos <= LIMIT.toNanos();
        }
    }
}
