package io.pgmahout.agent.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** CLOCK_BOOTTIME as {@code /proc/uptime} shows it to agent and gate alike, with a grain of 10 ms. */
final class Uptime {

    private static final Path FILE = Path.of("/proc/uptime");

    private Uptime() {}

    static long centiseconds() {
        try {
            String text = Files.readString(FILE, StandardCharsets.US_ASCII);
            int dot = text.indexOf('.');
            return Long.parseLong(text, 0, dot, 10) * 100 + Long.parseLong(text, dot + 1, dot + 3, 10);
        } catch (IOException e) {
            throw new UncheckedIOException("no clock to go by", e);
        }
    }
}
