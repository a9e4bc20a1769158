package io.pgmahout.tests.gate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** CLOCK_BOOTTIME in centiseconds, read as the gate reads it: from {@code /proc/uptime}, grain 10 ms. */
public final class Uptime {
    private static final Path FILE = Path.of("/proc/uptime");

    private Uptime() {}

    public static long now() {
        try {
            String text = Files.readString(FILE);
            return Long.parseLong(text.substring(0, text.indexOf(' ')).replace(".", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The uptime that is {@code ahead} from now. */
    public static long in(Duration ahead) {
        return now() + ahead.toMillis() / 10;
    }
}
