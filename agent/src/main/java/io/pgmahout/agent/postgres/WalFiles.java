package io.pgmahout.agent.postgres;

import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.WalPiece;
import io.pgmahout.agent.model.WalRange;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One timeline's segments in pg_wal, to read and write bytes of by their position. Not shared between threads. */
final class WalFiles implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WalFiles.class);

    private static final int FILL = 256 * 1024;

    /** PostgreSQL removes what begins like this when it starts. */
    private static final String UNFINISHED = "xlogtemp.pgmahout";

    private final Path wal;
    private final Timeline timeline;
    private final long segmentSize;
    private final Map<Long, FileChannel> written = new TreeMap<>();

    WalFiles(Path data, Timeline timeline) throws IOException {
        this.wal = data.resolve("pg_wal");
        this.timeline = timeline;
        this.segmentSize = segmentSize(wal);
    }

    /** All segments are equally long: any tells. */
    private static long segmentSize(Path wal) throws IOException {
        try (var files = Files.newDirectoryStream(wal, "[0-9A-F]*")) {
            for (Path file : files) {
                if (file.getFileName().toString().length() == 24 && Files.isRegularFile(file)) {
                    return Files.size(file);
                }
            }
        }
        throw new FileNotFoundException("there is no segment in " + wal);
    }

    private Path segment(long number) {
        long perId = (1L << 32) / segmentSize;
        return wal.resolve("%s%08X%08X".formatted(timeline.fileName(), number / perId, number % perId));
    }

    /** The pieces from one position to another, in order. None crosses a segment's edge. */
    List<WalRange> pieces(Lsn from, Lsn end) {
        List<WalRange> pieces = new ArrayList<>();
        long at = from.value();
        while (at < end.value()) {
            long edge = (at / segmentSize + 1) * segmentSize;
            int length = (int) Math.min(WalRange.MAX_LENGTH, Math.min(edge, end.value()) - at);
            pieces.add(new WalRange(timeline, new Lsn(at), length));
            at += length;
        }
        return pieces;
    }

    /** What is there of a piece: fewer bytes where the segment is missing or too short. */
    byte[] read(WalRange piece) throws IOException {
        long at = piece.from().value();
        ByteBuffer bytes = ByteBuffer.allocate(piece.length());
        try (FileChannel file = FileChannel.open(segment(at / segmentSize), StandardOpenOption.READ)) {
            int read = 0;
            while (bytes.hasRemaining() && read >= 0) {
                read = file.read(bytes, at % segmentSize + bytes.position());
            }
        } catch (NoSuchFileException missing) {
            return new byte[0];
        }
        return bytes.hasRemaining() ? java.util.Arrays.copyOf(bytes.array(), bytes.position()) : bytes.array();
    }

    /** Sees to it that what the system has of these positions is on disk. */
    void secure(Lsn from, Lsn end) throws IOException {
        for (long number = from.value() / segmentSize; number <= (end.value() - 1) / segmentSize; number++) {
            try (FileChannel file = FileChannel.open(segment(number), StandardOpenOption.READ)) {
                file.force(false);
            }
        }
        DurableFile.syncDirectory(wal);
    }

    /** Writes a piece at its place; {@link #force} makes it last. */
    void write(WalPiece piece) throws IOException {
        long at = piece.from().value();
        FileChannel file = written.get(at / segmentSize);
        if (file == null) {
            file = open(at / segmentSize);
            written.put(at / segmentSize, file);
        }
        ByteBuffer bytes = ByteBuffer.wrap(piece.content());
        while (bytes.hasRemaining()) {
            file.write(bytes, at % segmentSize + bytes.position());
        }
    }

    /** Writes zeros over what lies there, in segments that exist, and has them on disk. */
    void clear(Lsn from, Lsn end) throws IOException {
        for (WalRange piece : pieces(from, end)) {
            if (Files.exists(segment(piece.from().value() / segmentSize))) {
                write(new WalPiece(timeline, piece.from(), new byte[piece.length()]));
            }
        }
        force();
    }

    void force() throws IOException {
        for (FileChannel file : written.values()) {
            file.force(false);
        }
    }

    private FileChannel open(long number) throws IOException {
        Path segment = segment(number);
        if (!Files.exists(segment)) {
            create(segment);
        }
        FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE);
        if (file.size() != segmentSize) {
            file.close();
            throw new IOException(segment + " is not " + segmentSize + " bytes long");
        }
        return file;
    }

    /** Whole or not at all, as PostgreSQL makes one; who comes first, it or this, does not matter. */
    private void create(Path segment) throws IOException {
        Path unfinished = wal.resolve(UNFINISHED);
        Files.deleteIfExists(unfinished);
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(ControlFile.in(DurableFile.parent(wal)));
        Files.createFile(unfinished, PosixFilePermissions.asFileAttribute(mode));
        try {
            fill(unfinished);
            Files.createLink(segment, unfinished);
        } catch (FileAlreadyExistsException madeMeanwhile) {
            LOG.debug("the walreceiver, or recovery, made {}", segment);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        DurableFile.syncDirectory(wal);
    }

    private void fill(Path unfinished) throws IOException {
        try (FileChannel file = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(FILL, segmentSize));
            for (long at = 0; at < segmentSize; at += zeros.capacity()) {
                zeros.clear();
                while (zeros.hasRemaining()) {
                    file.write(zeros);
                }
            }
            file.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        for (FileChannel file : written.values()) {
            file.close();
        }
        written.clear();
    }
}
