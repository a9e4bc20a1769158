package io.pgmahout.agent.postgres;

import io.pgmahout.agent.model.DataId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directory outside the data directory, on a volume of its own, in which each content gets a place for its WAL: {@code
 * DIRECTORY/ID/pg_wal}, to which the content's pg_wal is an absolute link. Beside it lies a note of whose it is. No two
 * contents ever have the same place, so what is renamed or set aside keeps its own, and what is made anew writes over nobody's.
 *
 * <p>Without such a directory pg_wal is part of the content. What lies elsewhere, by a link of somebody else's, is used and
 * never deleted.
 */
final class WalVolume {

    /** In each place. */
    static final String NOTE = "pgmahout.wal";

    static final WalVolume NONE = new WalVolume(null, "");

    private static final String WAL = "pg_wal";
    private static final String MEMBER = "member ";
    private static final int SEGMENT_NAME = 24;

    private final @Nullable Path directory;
    private final String member;
    private final Set<Path> told = new HashSet<>();

    private WalVolume(@Nullable Path directory, String member) {
        this.directory = directory == null ? null : directory.toAbsolutePath().normalize();
        this.member = member;
    }

    static WalVolume of(PostgresSettings settings) {
        return new WalVolume(settings.walDirectory(), settings.member().value());
    }

    static Path wal(Path content) {
        return content.resolve(WAL);
    }

    boolean used() {
        return directory != null;
    }

    /** Why no place can be made here; null when one can. The directory itself is never made: it would lie beneath its volume. */
    @Nullable
    String problem() throws IOException {
        if (directory == null) {
            return "postgres.wal-directory is not set";
        }
        if (!Files.isDirectory(directory)) {
            return "postgres.wal-directory " + directory + " is not there: is the WAL volume mounted?";
        }
        String other = otherMember();
        if (other != null) {
            return "postgres.wal-directory " + directory + " holds WAL of member " + other
                    + ": is another member's volume mounted there?";
        }
        return Files.isWritable(directory)
                ? null
                : "postgres.wal-directory " + directory + " cannot be written by the user of this agent";
    }

    /** A name that no place has yet. */
    String freeName(DataId data) throws IOException {
        String name = data.value();
        if (directory == null || name.startsWith(".") || name.contains("/")) {
            throw new IOException("no place for WAL can be called " + name);
        }
        for (int i = 2; Files.exists(directory.resolve(name), LinkOption.NOFOLLOW_LINKS); i++) {
            name = data.value() + "-" + i;
        }
        return name;
    }

    /** Makes a place, without the pg_wal in it, which PostgreSQL's tools want to make. */
    Path make(String name, DataId data) throws IOException {
        Path place = at(name);
        Files.createDirectory(
                place, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        DurableFile.write(place.resolve(NOTE), MEMBER + member + "\ndata " + data + "\n");
        DurableFile.syncDirectory(DurableFile.parent(place));
        return place;
    }

    Path at(String name) throws IOException {
        if (directory == null) {
            throw new IOException("postgres.wal-directory is not set");
        }
        return directory.resolve(name);
    }

    /** The place that a content's pg_wal links to, there or not; null when pg_wal is a directory, or a link to elsewhere. */
    @Nullable
    Path placeOf(Path content) throws IOException {
        Path wal = wal(content);
        if (directory == null || !Files.isSymbolicLink(wal)) {
            return null;
        }
        Path target = Files.readSymbolicLink(wal).normalize();
        Path place = target.getParent();
        return place != null && target.endsWith(WAL) && directory.equals(place.getParent()) ? place : null;
    }

    /** All that lie here. */
    List<Path> places() throws IOException {
        List<Path> places = new ArrayList<>();
        if (directory != null && Files.isDirectory(directory)) {
            try (var all = Files.newDirectoryStream(directory)) {
                for (Path entry : all) {
                    if (Files.exists(entry.resolve(NOTE)) || Files.isDirectory(wal(entry))) {
                        places.add(entry);
                    }
                }
            }
        }
        return places;
    }

    /** Whether it is the first time that this is to be told of a place. */
    synchronized boolean tellOf(Path place) {
        return told.add(place);
    }

    /** Why a content that no server works in cannot be started for want of its WAL; null when some is there. */
    @Nullable
    String missing(Path content) throws IOException {
        Path wal = wal(content);
        boolean there = isDirectory(wal);
        if (there && holdsSegment(wal)) {
            return null;
        }
        String what =
                Files.isSymbolicLink(wal) ? wal + ", a link to " + Files.readSymbolicLink(wal) + "," : wal.toString();
        return what + (there ? " holds no WAL" : " is not there") + hint(content);
    }

    /** A disk that fails tells of nothing that is not there. */
    private static boolean isDirectory(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).isDirectory();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private String hint(Path content) throws IOException {
        if (directory == null || placeOf(content) == null) {
            return ": is its volume mounted?";
        }
        if (!Files.isDirectory(directory)) {
            return ": " + directory + " does not exist; is the WAL volume mounted?";
        }
        String other = otherMember();
        if (other != null) {
            return ": " + directory + " holds WAL of member " + other + "; is another member's volume mounted there?";
        }
        return places().isEmpty()
                ? ": " + directory + " is empty; is the WAL volume mounted, or was it made anew?"
                : ": " + directory + " holds WAL of other data of this member; is it an older volume?";
    }

    private @Nullable String otherMember() throws IOException {
        for (Path place : places()) {
            String note = DurableFile.readOrNull(place.resolve(NOTE));
            String name = note == null || !note.startsWith(MEMBER)
                    ? member
                    : note.substring(MEMBER.length()).lines().findFirst().orElse(member);
            if (!name.equals(member)) {
                return name;
            }
        }
        return null;
    }

    private static boolean holdsSegment(Path wal) throws IOException {
        try (var files = Files.newDirectoryStream(wal, "[0-9A-F]*")) {
            for (Path file : files) {
                if (file.getFileName().toString().length() == SEGMENT_NAME) {
                    return true;
                }
            }
        }
        return false;
    }
}
