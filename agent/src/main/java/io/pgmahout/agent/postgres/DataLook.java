package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Looks at the data directory and says what can be done with it. Changes nothing. */
final class DataLook {

    static final String MARKER = "pgmahout.data";

    private final DataPlaces places;
    private final DataNotes notes;

    DataLook(DataPlaces places, DataNotes notes) {
        this.places = places;
        this.notes = notes;
    }

    /**
     * The present facts.
     *
     * @param programs the major version of the gate's PostgreSQL, 0 when not known
     * @param told the newest timeline the running server has told of, or null
     */
    DataFacts facts(int programs, @Nullable Timeline told, boolean running) {
        try {
            return read(programs, told, running);
        } catch (IOException | UncheckedIOException | DirectoryIteratorException e) {
            return foreign(places.data() + " cannot be read: " + e);
        }
    }

    private DataFacts read(int programs, @Nullable Timeline told, boolean running) throws IOException {
        Path data = places.data();
        if (Files.exists(data) && !Files.isDirectory(data)) {
            return foreign(data + " is not a directory");
        }
        String problem = mountProblem();
        if (problem != null) {
            return foreign(problem);
        }
        if (places.entries().isEmpty()) {
            return nothing();
        }
        boolean torn = notes.phase() != DataNotes.Phase.COMPLETE;
        problem = ownerProblem(data);
        if (problem != null) {
            return foreign(problem);
        }
        String version = DurableFile.readOrNull(data.resolve("PG_VERSION"));
        if (version == null || !Files.exists(ControlFile.in(data))) {
            return torn ? torn(null) : foreign(data + " holds something that is not a PostgreSQL data directory");
        }
        problem = versionProblem(version.strip(), programs);
        if (problem != null) {
            return foreign(problem);
        }
        try {
            return complete(ControlFile.read(data), torn, told, running);
        } catch (IOException e) {
            return torn ? torn(null) : foreign(String.valueOf(e.getMessage()));
        }
    }

    private DataFacts complete(ControlFile control, boolean torn, @Nullable Timeline told, boolean running)
            throws IOException {
        Path data = places.data();
        String problem = running ? hiddenProblem() : formerProblem();
        if (problem != null && !running) {
            return foreign(problem);
        }
        if (torn) {
            return torn(control.systemIdentifier());
        }
        String lost = running ? null : places.wal().missing(data);
        if (lost != null) {
            return notes.of(marked(data)) == null ? foreign(lost) : without(DataFacts.Content.MISSING, lost, null);
        }
        DataNote note = notes.of(present(running));
        boolean hidden = problem != null;
        if (note != null && !hidden && !note.systemIdentifier().equals(control.systemIdentifier())) {
            note = null;
        }
        Timeline timeline = told != null && told.id() > control.timeline().id() ? told : control.timeline();
        Lsn end = null;
        if (!running && control.stoppedCleanly()) {
            WalEnd.Found found = end(data, control, null);
            end = found == null ? null : found.end();
            timeline = found == null ? timeline : found.timeline();
        }
        return new DataFacts(
                DataFacts.Content.COMPLETE,
                problem,
                hidden && note != null ? note.systemIdentifier() : control.systemIdentifier(),
                note == null ? null : note.data(),
                timeline,
                note == null ? Map.of() : note.branches(),
                end,
                Files.exists(data.resolve("standby.signal")),
                places.keepsAside());
    }

    /**
     * Where the log of the stopped server ends.
     *
     * @param flushed a position it is known to have reached, as late as possible; null to start at the checkpoint
     */
    static WalEnd.@Nullable Found end(Path data, ControlFile control, @Nullable Lsn flushed) throws IOException {
        TimelineHistory history = TimelineHistory.read(
                data.resolve("pg_wal"), TimelineHistory.newest(data.resolve("pg_wal"), control.timeline()));
        WalEnd.Found found = null;
        if (flushed != null && flushed.compareTo(control.checkpoint()) > 0) {
            found = WalEnd.find(data, history, flushed);
        }
        if (found == null && control.recoveredTo().compareTo(control.checkpoint()) > 0) {
            found = WalEnd.find(data, history, control.recoveredTo());
        }
        return found != null ? found : WalEnd.find(data, history, control.checkpoint());
    }

    /**
     * Where the server runs it works in what was put into place last, whatever was mounted over that since; else what
     * the marker says lies there.
     */
    @Nullable
    DataId present(boolean running) throws IOException {
        DataId placed = notes.placed();
        return running && placed != null ? placed : marked(places.data());
    }

    /**
     * A former content of this member's own is older than what it wrote and told of since: where that ends is not where
     * this member ends. While contents are exchanged both may lie there.
     */
    private @Nullable String formerProblem() throws IOException {
        DataId placed = notes.placed();
        DataId marked = marked(places.data());
        boolean settled = switch (notes.phase()) {
            case COMPLETE, RECOVERING -> true;
            case REWINDING, SWAPPING, MOVING, FILLING -> false;
        };
        return !settled || placed == null || placed.equals(marked) || notes.of(marked) == null
                ? null
                : places.data() + " holds " + marked + ", former data of this member, which " + placed
                        + " replaced: was a volume mounted over that?";
    }

    /** The server goes on in a directory that cannot be seen any more. */
    private @Nullable String hiddenProblem() throws IOException {
        DataId placed = notes.placed();
        DataId marked = marked(places.data());
        return placed == null || placed.equals(marked)
                ? null
                : places.data() + " holds " + (marked == null ? "other data" : marked) + ", the server works in "
                        + placed + ": was a volume mounted over that? Once stopped it is not started from this";
    }

    /** The data id in the directory's marker, or null. */
    static @Nullable DataId marked(Path data) throws IOException {
        String text = DurableFile.readOrNull(data.resolve(MARKER));
        return text == null || text.isBlank() ? null : new DataId(text.strip());
    }

    private static @Nullable String ownerProblem(Path data) throws IOException {
        Object owner = Objects.requireNonNull(Files.getAttribute(data, "unix:uid"));
        Object own = Objects.requireNonNull(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        if (!owner.equals(own)) {
            return data + " belongs to user id " + owner + ", this agent runs as " + own;
        }
        var mode = Files.getPosixFilePermissions(data);
        if (mode.contains(PosixFilePermission.GROUP_WRITE)
                || mode.contains(PosixFilePermission.OTHERS_READ)
                || mode.contains(PosixFilePermission.OTHERS_WRITE)
                || mode.contains(PosixFilePermission.OTHERS_EXECUTE)) {
            return data + " is open to others: PostgreSQL starts with mode 0700 or 0750 only";
        }
        return null;
    }

    private static @Nullable String versionProblem(String version, int programs) {
        int major;
        try {
            major = Integer.parseInt(version);
        } catch (NumberFormatException e) {
            return "PG_VERSION says " + version;
        }
        if (major < 14 || major > 18) {
            return "the data directory is of PostgreSQL " + major + "; 14 to 18 are supported";
        }
        return programs != 0 && programs != major
                ? "the data directory is of PostgreSQL " + major + ", the programs are of " + programs
                : null;
    }

    /** Half a content lies where the other half cannot be seen. */
    private @Nullable String mountProblem() throws IOException {
        return switch (notes.phase()) {
            case MOVING, FILLING ->
                places.mounted()
                        ? null
                        : places.data() + " is no mount point now; a new content was being moved into one: mount it";
            case SWAPPING ->
                places.mounted()
                        ? places.data()
                                + " is a mount point now; below it a new content was being put in place: unmount it"
                        : null;
            case COMPLETE, RECOVERING, REWINDING -> null;
        };
    }

    private DataFacts nothing() throws IOException {
        String orphan = notes.placed() == null ? orphanedWal() : null;
        if (orphan != null) {
            return without(DataFacts.Content.MISSING, orphan, null);
        }
        return notes.placed() == null
                ? without(DataFacts.Content.EMPTY, null, null)
                : without(
                        DataFacts.Content.MISSING,
                        places.data() + " is empty, and this member's data lay there: is its volume mounted?",
                        null);
    }

    /** Data was here before whose WAL is there yet. */
    private @Nullable String orphanedWal() throws IOException {
        List<Path> stray = places.strayWal(notes);
        return stray.isEmpty()
                ? null
                : places.data() + " is empty, and " + stray.getFirst()
                        + " is WAL of data that lay there: is its volume mounted? Remove the WAL if the data is lost";
    }

    private DataFacts foreign(String problem) {
        return without(DataFacts.Content.FOREIGN, problem, null);
    }

    private DataFacts without(DataFacts.Content content, @Nullable String problem, @Nullable String systemIdentifier) {
        return new DataFacts(
                content, problem, systemIdentifier, null, null, Map.of(), null, false, places.keepsAside());
    }

    private DataFacts torn(@Nullable String systemIdentifier) throws IOException {
        String problem = switch (notes.phase()) {
            case COMPLETE, REWINDING -> "a rewind did not end";
            case RECOVERING -> "a crash recovery did not end";
            case SWAPPING, MOVING, FILLING -> "a new content was not moved into place";
        };
        return without(DataFacts.Content.TORN, problem, systemIdentifier);
    }
}
