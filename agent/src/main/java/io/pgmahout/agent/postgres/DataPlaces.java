package io.pgmahout.agent.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * The data directory and its neighbours: {@code DATA.new}, where a new content is made, and {@code DATA.aside},
 * where the former one waits until the new one streams. A data directory that is a mount point cannot be renamed;
 * there both are directories in it, and the contents are moved.
 */
final class DataPlaces {

    private static final String INNER = "pgmahout-";

    private final Path data;
    private final boolean mounted;

    DataPlaces(Path data) {
        this(data, isMountPoint(data));
    }

    DataPlaces(Path data, boolean mounted) {
        this.data = data;
        this.mounted = mounted;
    }

    Path data() {
        return data;
    }

    Path making() {
        return mounted ? data.resolve(INNER + "new") : data.resolveSibling(data.getFileName() + ".new");
    }

    Path aside() {
        return mounted ? data.resolve(INNER + "aside") : data.resolveSibling(data.getFileName() + ".aside");
    }

    /** Whether a swap moves one entry after the other, so that a crash in it leaves a torn directory. */
    boolean swapTears() {
        return mounted;
    }

    /** What lies in the data directory, our own inner directories and a file system's excepted. */
    List<Path> entries() throws IOException {
        List<Path> entries = new ArrayList<>();
        if (!Files.exists(data)) {
            return entries;
        }
        if (!Files.isDirectory(data)) {
            throw new NotDirectoryException(data.toString());
        }
        try (var all = Files.newDirectoryStream(data)) {
            for (Path entry : all) {
                String name = entry.getFileName().toString();
                if (!name.equals("lost+found") && !(mounted && name.startsWith(INNER) && Files.isDirectory(entry))) {
                    entries.add(entry);
                }
            }
        }
        return entries;
    }

    /** An empty place for a new content. */
    Path clearMaking() throws IOException {
        DurableFile.deleteTree(making());
        return making();
    }

    /**
     * Puts the new content in the place of the old one. The old one is kept aside, unless one is kept already that
     * no clone has replaced yet: then that is the one worth keeping.
     */
    void swap() throws IOException {
        boolean empty = entries().isEmpty();
        boolean keep = !empty && !Files.exists(aside());
        if (mounted) {
            if (keep) {
                Files.createDirectory(
                        aside(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            for (Path entry : entries()) {
                if (keep) {
                    Files.move(entry, aside().resolve(entry.getFileName()));
                } else if (Files.isDirectory(entry)) {
                    DurableFile.deleteTree(entry);
                } else {
                    Files.delete(entry);
                }
            }
            try (var fresh = Files.newDirectoryStream(making())) {
                for (Path entry : fresh) {
                    Files.move(entry, data.resolve(entry.getFileName()));
                }
            }
            Files.delete(making());
            Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
            DurableFile.syncDirectory(data);
        } else {
            if (keep) {
                Files.move(data, aside());
            } else {
                DurableFile.deleteTree(data);
            }
            Files.move(making(), data);
            DurableFile.syncDirectory(DurableFile.parent(data));
        }
    }

    void forget() throws IOException {
        DurableFile.deleteTree(aside());
    }

    private static boolean isMountPoint(Path data) {
        try {
            String name = Files.exists(data) ? data.toRealPath().toString() : data.toString();
            try (var lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
                return lines.map(line -> line.split(" "))
                        .anyMatch(fields -> fields.length > 4 && fields[4].equals(name));
            }
        } catch (IOException e) {
            return false;
        }
    }
}
