package io.pgmahout.agent.postgres;

import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.WalPiece;
import io.pgmahout.agent.model.WalRange;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Pieces that have come, where recovery does not look: in pg_wal, which has the room for them, under a name that PostgreSQL
 * removes when it starts. Nothing of it outlasts this object, so nothing of it is forced to disk.
 */
final class StagedWal implements AutoCloseable {

    private static final String NAME = "xlogtemp.pgmahout.taken";

    private final Path file;
    private final Lsn from;
    private final FileChannel bytes;

    StagedWal(Path data, Lsn from) throws IOException {
        this.file = data.resolve("pg_wal").resolve(NAME);
        this.from = from;
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        this.bytes = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    void put(WalPiece piece) throws IOException {
        ByteBuffer content = ByteBuffer.wrap(piece.content());
        long at = piece.from().minus(from);
        while (content.hasRemaining()) {
            bytes.write(content, at + content.position());
        }
    }

    WalPiece get(WalRange range) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(range.length());
        long at = range.from().minus(from);
        while (content.hasRemaining()) {
            if (bytes.read(content, at + content.position()) < 0) {
                throw new EOFException(file + " ends before " + range);
            }
        }
        return new WalPiece(range.timeline(), range.from(), content.array());
    }

    @Override
    public void close() throws IOException {
        bytes.close();
        Files.deleteIfExists(file);
    }
}
