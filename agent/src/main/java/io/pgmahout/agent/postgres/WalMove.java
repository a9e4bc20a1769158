package io.pgmahout.agent.postgres;

import io.pgmahout.agent.model.DataId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the WAL of a stopped content that was made without the WAL volume into it, once. It is copied and brought to disk;
 * then the link takes the directory's place by two renames, and only then the directory is deleted. Until the second rename
 * the directory is the WAL, and comes back whenever that was cut off; from then on it is never used again.
 */
final class WalMove {

    private static final Logger LOG = LoggerFactory.getLogger(WalMove.class);

    /** The link, before it is put into place. */
    private static final String LINK = "pgmahout-wal.link";

    /** The directory, while nothing is in its place, or while nothing was started from what is. */
    private static final String FORMER = "pgmahout-wal.former";

    /** The directory, to be deleted. */
    private static final String MOVED = "pgmahout-wal.moved";

    private final DataPlaces places;
    private final DataNotes notes;

    WalMove(DataPlaces places, DataNotes notes) {
        this.places = places;
        this.notes = notes;
    }

    /**
     * Where it cannot be done the WAL stays where it is, and the server is started from there.
     *
     * @throws IOException when a move that was cut off can neither be ended nor taken back: nothing may be started then
     */
    void run() throws IOException, InterruptedException {
        heal();
        if (!places.wal().used() || places.wal().placeOf(places.data()) != null) {
            return;
        }
        String problem = problem();
        try {
            if (problem == null) {
                move();
            }
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            problem = e.toString();
        } finally {
            heal();
        }
        if (problem != null) {
            LOG.warn("the WAL stays in {}: {}", WalVolume.wal(places.data()), problem);
        }
    }

    /**
     * Ends or takes back a move that was cut off, and forgets a place of which nothing is to come, where what lies here is
     * what was put into place last. The server is gone.
     */
    void heal() throws IOException {
        Path data = places.data();
        DataId placed = notes.placed();
        if (!Files.isDirectory(data) || placed != null && !placed.equals(DataLook.marked(data))) {
            return;
        }
        Path wal = WalVolume.wal(data);
        Path former = data.resolve(FORMER);
        // As long as the copy cannot be seen what was copied is the only WAL there is.
        boolean seen = Files.isSymbolicLink(wal) && places.wal().missing(data) == null;
        if (Files.isDirectory(former)) {
            if (seen) {
                rename(former, data.resolve(MOVED));
            } else if (Files.notExists(wal, LinkOption.NOFOLLOW_LINKS)) {
                rename(former, wal);
            }
        }
        DurableFile.delete(data.resolve(LINK));
        try {
            places.dropUnusedWal(notes);
            if (seen) {
                DurableFile.deleteTree(data.resolve(MOVED));
            }
        } catch (IOException e) {
            // Room that is not given back is no reason not to start: it is tried again.
            LOG.warn("what is left of moving or making WAL could not be deleted: {}", e.toString());
        }
    }

    /** One that is a mount point cannot be renamed. */
    private @Nullable String problem() throws IOException {
        Path wal = WalVolume.wal(places.data());
        boolean mounted = !Files.isSymbolicLink(wal) && !device(wal).equals(device(places.data()));
        return mounted ? "a volume is mounted there" : places.wal().problem();
    }

    private static Object device(Path path) throws IOException {
        return Objects.requireNonNull(Files.getAttribute(path, "unix:dev"));
    }

    private void move() throws IOException {
        Path data = places.data();
        DataId id = Objects.requireNonNull(DataLook.marked(data), "what is started has a marker");
        String name = places.wal().freeName(id);
        notes.makingWal(name);
        Path place = places.wal().make(name, id);
        Path wal = WalVolume.wal(data);
        LOG.info("moving the WAL from {} to {}", wal, place);
        Files.walkFileTree(wal.toRealPath(), new Copy(wal.toRealPath(), WalVolume.wal(place)));
        DurableFile.syncDirectory(place);
        Path link = data.resolve(LINK);
        Files.createSymbolicLink(link, WalVolume.wal(place));
        // What is noted is deleted if nothing links to it, and the data may be away when that is looked at.
        notes.makingWal(null);
        try {
            putIntoPlace(link, wal);
        } catch (IOException e) {
            heal();
            if (!place.equals(places.wal().placeOf(data))) {
                notes.makingWal(name);
            }
            throw e;
        }
        LOG.info("moved the WAL to {}", place);
    }

    private void putIntoPlace(Path link, Path wal) throws IOException {
        Path data = places.data();
        if (Files.isSymbolicLink(wal)) {
            LOG.warn("{} is not used any more: remove it", Files.readSymbolicLink(wal));
            Files.move(link, wal, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            DurableFile.syncDirectory(data);
        } else {
            rename(wal, data.resolve(FORMER));
            rename(link, wal);
        }
    }

    private static void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        DurableFile.syncDirectory(DurableFile.parent(to));
    }

    /** Each file and directory is on disk when it is done with. */
    private static final class Copy extends SimpleFileVisitor<Path> {

        private final Path from;
        private final Path to;

        Copy(Path from, Path to) {
            this.from = from;
            this.to = to;
        }

        private Path target(Path source) {
            return to.resolve(from.relativize(source));
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
            Files.copy(directory, target(directory), StandardCopyOption.COPY_ATTRIBUTES);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (Thread.currentThread().isInterrupted()) {
                throw new IOException("interrupted");
            }
            Files.copy(file, target(file), StandardCopyOption.COPY_ATTRIBUTES);
            try (FileChannel copy = FileChannel.open(target(file), StandardOpenOption.WRITE)) {
                copy.force(true);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            DurableFile.syncDirectory(target(directory));
            return FileVisitResult.CONTINUE;
        }
    }
}
