package io.pgmahout.agent.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The last version that was given, kept in the lock file: it goes on where the record's file was removed, so that a write
 * on a version of that record never finds it again. Not fsynced, for whoever might still write ends with the host.
 */
final class LastVersion {

    private static final int DIGITS = 19;

    private LastVersion() {}

    /** The version after the one stored, and after every one before; written down before the record is. */
    static long next(FileChannel held, RecordFile.@Nullable Envelope stored) throws IOException {
        long next = Math.max(stored == null ? 0 : stored.version(), read(held)) + 1;
        held.write(ByteBuffer.wrap(String.format("%0" + DIGITS + "d%n", next).getBytes(StandardCharsets.US_ASCII)), 0);
        return next;
    }

    /** 0 where there is none yet, or what is there is no number. */
    private static long read(FileChannel held) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(DIGITS);
        int length = held.read(bytes, 0);
        String text = new String(bytes.array(), 0, Math.max(0, length), StandardCharsets.US_ASCII);
        return text.matches("[0-9]{" + (DIGITS - 1) + "}[0-9]") ? Long.parseLong(text) : 0;
    }
}
