package io.pgmahout.agent.postgres;

import io.pgmahout.agent.model.DataId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data directory and its neighbours: {@code DATA.new}, where a new content is made, {@code DATA.aside}, where the
 * former one waits until the new one streams (further ones in {@code DATA.aside-2} and so on), {@code DATA.discard}, what is being deleted, and {@code
 * DATA.foreign-SYSTEM}, the content of another cluster, which is never deleted. A data directory that is a mount point
 * cannot be renamed; there they are directories in it, and the contents are moved.
 */
final class DataPlaces {

    private static final Logger LOG = LoggerFactory.getLogger(DataPlaces.class);
    private static final String INNER = "pgmahout-";

    private static final String NEW = "new";
    private static final String ASIDE = "aside";
    private static final String DISCARD = "discard";
    private static final String LEAVING = "leaving";
    private static final String FOREIGN = "foreign-";
    private static final Set<String> INNER_NAMES = Set.of(NEW, ASIDE, DISCARD, LEAVING);

    /** So many contents wait aside before one of which nothing is known is left where it is. */
    private static final int MAX_ASIDE = 3;

    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

    private final Path data;
    private final WalVolume wal;
    private final Predicate<Path> mountPoints;
    private final boolean mounted;

    DataPlaces(Path data, WalVolume wal) {
        this(data, wal, DataPlaces::isMountPoint);
    }

    /** @param mountPoints tells whether a directory is one now */
    DataPlaces(Path data, WalVolume wal, Predicate<Path> mountPoints) {
        this.data = data;
        this.wal = wal;
        this.mountPoints = mountPoints;
        this.mounted = mountPoints.test(data);
    }

    /** This, or others when the data directory has become a mount point, or ceased to be one, since. */
    DataPlaces current() {
        return mountPoints.test(data) == mounted ? this : new DataPlaces(data, wal, mountPoints);
    }

    Path data() {
        return data;
    }

    WalVolume wal() {
        return wal;
    }

    Path making() {
        return beside(NEW);
    }

    Path aside() {
        return beside(ASIDE);
    }

    /** What lies here is no longer wanted, whole or not. */
    Path discard() {
        return beside(DISCARD);
    }

    /** On a mount point: the part of the former content that has been moved out already. */
    Path leaving() {
        return beside(LEAVING);
    }

    boolean mounted() {
        return mounted;
    }

    /** Whether a former content waits until the present one streams. */
    boolean keepsAside() {
        return Files.exists(aside());
    }

    /** The first free of this name, this name and 2, and so on. */
    private Path free(String name) {
        Path place = beside(name);
        for (int i = 2; Files.exists(place); i++) {
            place = beside(name + "-" + i);
        }
        return place;
    }

    private Path beside(String name) {
        return mounted ? data.resolve(INNER + name) : sibling(name);
    }

    private Path sibling(String name) {
        return data.resolveSibling(data.getFileName() + "." + name);
    }

    /** What lies in the data directory, our own inner directories and a file system's excepted. */
    List<Path> entries() throws IOException {
        return list(false);
    }

    /** What we keep in the data directory itself: nothing unless it is a mount point. */
    List<Path> kept() throws IOException {
        return list(true);
    }

    private List<Path> list(boolean ours) throws IOException {
        List<Path> entries = new ArrayList<>();
        // Neither a link to nothing nor what cannot be looked at is an empty directory.
        if (Files.notExists(data, LinkOption.NOFOLLOW_LINKS)) {
            return entries;
        }
        if (!Files.isDirectory(data)) {
            throw new NotDirectoryException(data.toString());
        }
        try (var all = Files.newDirectoryStream(data)) {
            for (Path entry : all) {
                String name = entry.getFileName().toString();
                if (!name.equals("lost+found") && (mounted && isInner(entry)) == ours) {
                    entries.add(entry);
                }
            }
        }
        return entries;
    }

    /** Whether this is one of the directories that we keep in a mount point, this member's or another's. */
    static boolean isInner(Path entry) {
        String name = entry.getFileName().toString();
        return name.startsWith(INNER)
                && (INNER_NAMES.contains(name.substring(INNER.length()))
                        || name.startsWith(INNER + ASIDE + "-")
                        || name.startsWith(INNER + FOREIGN))
                && Files.isDirectory(entry);
    }

    /** An empty place for a new content. */
    Path clearMaking() throws IOException {
        delete(making());
        return making();
    }

    /**
     * Where a content goes that {@code successor} replaces. Of several replaced before one has streamed the first is
     * the one worth keeping, since the later ones were clones themselves, unless it led since. Of what nothing is known
     * it is not known either whether it is a copy: it is kept beside the first.
     *
     * @param note the content's, or null
     */
    synchronized Path placeFor(Path content, Path successor, @Nullable DataNote note) throws IOException {
        Path foreign = placeIfForeign(content, successor);
        if (foreign != null) {
            return foreign;
        }
        if (!keepsAside() || note == null) {
            return free(ASIDE);
        }
        if (note.led()) {
            dismiss(aside(), successor);
            return aside();
        }
        delete(discard());
        return discard();
    }

    /**
     * Deletes what waits aside, unless it is another cluster's, the first last: where that is there is something to
     * forget.
     */
    synchronized void forget() throws IOException {
        List<Path> all = new ArrayList<>();
        for (Path place = aside(); Files.exists(place); place = beside(ASIDE + "-" + (all.size() + 1))) {
            all.addFirst(place);
        }
        for (Path place : all) {
            dismiss(place, data);
        }
        delete(discard());
    }

    /** A content, and its WAL on a volume of its own: that first, so that what is left of the content still leads to it. */
    private void delete(Path content) throws IOException {
        Path place = wal.placeOf(content);
        if (place != null && !isLinked(place, content)) {
            DurableFile.deleteTree(place);
        }
        DurableFile.deleteTree(content);
    }

    /** Forgets the noted place for WAL; deletes it unless a content has it. */
    synchronized void dropUnusedWal(DataNotes notes) throws IOException {
        String name = notes.makingWal();
        if (name == null || !wal.used()) {
            return;
        }
        Path place = wal.at(name);
        if (!isLinked(place, null)) {
            DurableFile.deleteTree(place);
        } else if (!place.equals(wal.placeOf(data))) {
            return;
        }
        notes.makingWal(null);
    }

    /** What lies on the WAL volume and belongs to no content here. */
    List<Path> strayWal(DataNotes notes) throws IOException {
        String making = notes.makingWal();
        List<Path> stray = new ArrayList<>();
        for (Path place : wal.places()) {
            if (!place.getFileName().toString().equals(making) && !isLinked(place, null)) {
                stray.add(place);
            }
        }
        return stray;
    }

    /** Tells of it once, where this member's data is to be seen. It is not deleted: a content may have been moved away by hand. */
    void tellStrayWal(DataNotes notes) {
        try {
            DataId placed = notes.placed();
            if (placed == null || !placed.equals(DataLook.marked(data))) {
                return;
            }
            for (Path place : strayWal(notes)) {
                if (wal.tellOf(place)) {
                    LOG.warn("{} is WAL that no data directory here links to: remove it if no other does", place);
                }
            }
        } catch (IOException e) {
            LOG.debug("what else lies on the WAL volume is not known", e);
        }
    }

    /** Whether a content other than {@code but} has this place for its WAL. */
    private boolean isLinked(Path place, @Nullable Path but) throws IOException {
        for (Path content : contents()) {
            if (!content.equals(but) && place.equals(wal.placeOf(content))) {
                return true;
            }
        }
        return false;
    }

    /** The data directory and all that lies beside it and in it under our names, as a mount point or not. */
    private List<Path> contents() throws IOException {
        List<Path> contents = new ArrayList<>(List.of(data));
        addAll(contents, DurableFile.parent(data), data.getFileName() + ".");
        addAll(contents, data, INNER);
        return contents;
    }

    private static void addAll(List<Path> contents, Path directory, String prefix) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (var all = Files.newDirectoryStream(directory)) {
            for (Path entry : all) {
                if (entry.getFileName().toString().startsWith(prefix)) {
                    contents.add(entry);
                }
            }
        }
    }

    private void dismiss(Path content, Path successor) throws IOException {
        Path foreign = placeIfForeign(content, successor);
        if (foreign == null) {
            delete(discard());
        }
        Files.move(content, foreign == null ? discard() : foreign);
        DurableFile.syncDirectory(DurableFile.parent(content));
    }

    /**
     * None of them is deleted before a content streams, so that more and more would wait where none ever does.
     *
     * @throws IOException when it is for an operator to say which of them are worth keeping
     */
    void needRoomAside() throws IOException {
        Path place = free(ASIDE);
        if (place.equals(beside(ASIDE + "-" + (MAX_ASIDE + 1)))) {
            throw new IOException(MAX_ASIDE + " contents wait aside until a clone streams, " + aside()
                    + " and so on, and" + " nothing is known of what is in " + data
                    + ": look what they are, and remove what is not needed");
        }
    }

    /** What was being made beside the directory when it became a mount point is put into place by nobody. */
    synchronized void discardStray() {
        Path stray = sibling(NEW);
        if (mounted && Files.exists(stray) && !Files.exists(sibling(DISCARD))) {
            try {
                Files.move(stray, sibling(DISCARD));
            } catch (IOException e) {
                LOG.warn("{} could not be removed: {}", stray, e.toString());
            }
        }
    }

    /** Deletes what is no longer wanted. Room that is not given back is no reason to fail: the next one tries again. */
    synchronized void sweep() {
        for (Path place : mounted ? List.of(discard(), sibling(DISCARD)) : List.of(discard())) {
            try {
                delete(place);
            } catch (IOException e) {
                LOG.warn("{} could not be deleted: {}", place, e.toString());
            }
        }
    }

    private @Nullable Path placeIfForeign(Path content, Path successor) {
        String system = systemOf(content);
        String next = systemOf(successor);
        if (system == null || next == null || system.equals(next)) {
            return null;
        }
        return free(FOREIGN + system);
    }

    /** Null when it is not a whole data directory. */
    private static @Nullable String systemOf(Path content) {
        try {
            return ControlFile.read(content).systemIdentifier();
        } catch (IOException e) {
            return null;
        }
    }

    private static boolean isMountPoint(Path data) {
        try {
            String name = Files.exists(data) ? data.toRealPath().toString() : data.toString();
            // Other mount points may have names in any encoding.
            return Files.readString(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1)
                    .lines()
                    .anyMatch(line -> mounts(line, name));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Whether a line of mountinfo tells of this mount point. Blanks and the like are octal there.
     *
     * @param line each byte a character
     */
    static boolean mounts(String line, String mountPoint) {
        String[] fields = line.split(" ", 6);
        if (fields.length < 6) {
            return false;
        }
        String name = OCTAL.matcher(fields[4])
                .replaceAll(
                        escape -> Matcher.quoteReplacement(Character.toString(Integer.parseInt(escape.group(1), 8))));
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        return new String(bytes, StandardCharsets.UTF_8).equals(mountPoint);
    }
}
