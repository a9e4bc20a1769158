package io.pgmahout.agent.postgres;

import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * {@code global/pg_control}, read without a process: as pg_controldata shows it. The fields used here lie at the
 * same place from PostgreSQL 14 to 18.
 *
 * @param checkpoint where the record of the latest checkpoint begins
 * @param recoveredTo up to where WAL must be replayed before the data is consistent; zero when unset
 * @param timeline the latest known to the file: of the checkpoint, or of the recovery after it
 */
record ControlFile(String systemIdentifier, State state, Lsn checkpoint, Lsn recoveredTo, Timeline timeline) {

    /** Database cluster state, in PostgreSQL's order. */
    enum State {
        STARTING_UP,
        SHUT_DOWN,
        SHUT_DOWN_IN_RECOVERY,
        SHUTTING_DOWN,
        IN_CRASH_RECOVERY,
        IN_ARCHIVE_RECOVERY,
        IN_PRODUCTION
    }

    private static final int READ_TRIES = 3;

    static Path in(Path data) {
        return data.resolve("global/pg_control");
    }

    /** Reads it, again when a running server was writing. */
    static ControlFile read(Path data) throws IOException {
        byte[] bytes = Files.readAllBytes(in(data));
        for (int i = 1; i < READ_TRIES && !sound(bytes); i++) {
            bytes = Files.readAllBytes(in(data));
        }
        if (!sound(bytes)) {
            throw new IOException("pg_control is damaged: its checksum does not match");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        int control = in.getInt(8);
        int state = in.getInt(16);
        if (control < 1300 || control >= 1900 || state < 0 || state >= State.values().length) {
            throw new IOException("pg_control is of version " + control + ", not of PostgreSQL 14 to 18");
        }
        int timeline = Math.max(in.getInt(48), in.getInt(144));
        return new ControlFile(
                Long.toUnsignedString(in.getLong(0)),
                State.values()[state],
                new Lsn(in.getLong(32)),
                new Lsn(in.getLong(136)),
                new Timeline(timeline));
    }

    /** The checksum is the last field, and where that lies differs by version: it is where it matches. */
    private static boolean sound(byte[] bytes) {
        if (bytes.length < 512) {
            return false;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, 200);
        for (int at = 200; at < 508; at += 4) {
            if ((int) crc.getValue() == in.getInt(at)) {
                return true;
            }
            crc.update(bytes, at, 4);
        }
        return false;
    }

    boolean stoppedCleanly() {
        return state == State.SHUT_DOWN || state == State.SHUT_DOWN_IN_RECOVERY;
    }
}
