package io.pgmahout.agent;

import io.pgmahout.agent.ha.Now;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * CLOCK_BOOTTIME as /proc/uptime shows it, in steps of 10 ms: the very clock that the gate reads, and one that goes
 * on while the machine sleeps. Any thread.
 */
final class BootClock {
    private static final int MOST_BYTES = 64;

    private final FileChannel uptime;

    private BootClock(FileChannel uptime) {
        this.uptime = uptime;
    }

    static BootClock open() throws IOException {
        return new BootClock(FileChannel.open(Path.of("/proc/uptime"), StandardOpenOption.READ));
    }

    /** The time now, rounded down. */
    Now now() {
        ByteBuffer buffer = ByteBuffer.allocate(MOST_BYTES);
        try {
            uptime.read(buffer, 0);
        } catch (IOException e) {
            throw new UncheckedIOException("/proc/uptime cannot be read", e);
        }
        return new Now(milliseconds(buffer.flip()));
    }

    /** Reads {@code seconds.hundredths}. */
    static long milliseconds(ByteBuffer text) {
        long hundredths = 0;
        int decimals = -1;
        while (text.hasRemaining() && decimals < 2) {
            byte digit = text.get();
            if (digit == '.') {
                decimals = 0;
            } else if (digit >= '0' && digit <= '9') {
                hundredths = hundredths * 10 + (digit - '0');
                decimals = decimals < 0 ? -1 : decimals + 1;
            } else {
                break;
            }
        }
        if (decimals != 2) {
            throw new IllegalStateException("/proc/uptime does not read as seconds with two decimals");
        }
        return hundredths * 10;
    }
}
