package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.ha.Source;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The first and the last steps of making a content. */
final class Content {

    private Content() {}

    /**
     * Where one is being made.
     *
     * @param wal where its pg_wal is to link to, not there yet; null where it is to be part of the content
     */
    record Making(Path content, @Nullable Path wal) {

        /** Sees to it that PostgreSQL's tools did with the WAL as they were told. */
        void needLinked() throws IOException {
            if (wal != null) {
                Path link = WalVolume.wal(content);
                if (!Files.isSymbolicLink(link)
                        || !wal.equals(Files.readSymbolicLink(link))
                        || !Files.isDirectory(wal)) {
                    throw new IOException(link + " does not lead to " + wal);
                }
                DurableFile.syncDirectory(DurableFile.parent(wal));
            }
        }
    }

    /** Places that are empty. That for the WAL is noted before it is there: what is cut off leaves nothing behind. */
    static Making begin(Site site, DataPlaces places, DataId data) throws IOException, ActionFailed {
        clear(site, places);
        WalVolume volume = places.wal();
        if (!volume.used()) {
            return new Making(places.making(), null);
        }
        String problem = volume.problem();
        if (problem != null) {
            throw ActionFailed.failed(problem);
        }
        String name = volume.freeName(data);
        site.notes().makingWal(name);
        return new Making(places.making(), WalVolume.wal(volume.make(name, data)));
    }

    /** Deletes what was being made, and is not to be put into place. */
    static void clear(Site site, DataPlaces places) throws IOException {
        places.clearMaking();
        places.dropUnusedWal(site.notes());
    }

    /**
     * Makes a data directory that PostgreSQL's tools have finished into one of ours: settings, note, and the marker
     * last.
     *
     * @param source whom it will follow as a standby, or null for a primary
     */
    static void complete(
            Site site,
            Path directory,
            DataId data,
            Map<Timeline, Term> branches,
            @Nullable Source source,
            boolean adopted)
            throws IOException {
        ManagedSettings.write(directory, site.settings(), site.passFile(), source);
        if (source != null) {
            DurableFile.write(directory.resolve("standby.signal"), "");
        }
        String system = ControlFile.read(directory).systemIdentifier();
        site.put(new DataNote(data, system, branches, adopted, source == null));
        DurableFile.write(directory.resolve(DataLook.MARKER), data + "\n");
    }

    /** Deletes what the source kept in itself, being a mount point. */
    static void clearInner(Path directory) throws IOException {
        try (var all = Files.newDirectoryStream(directory)) {
            for (Path entry : all) {
                if (DataPlaces.isInner(entry)) {
                    DurableFile.deleteTree(entry);
                }
            }
        }
    }

    /**
     * Puts what was made into the data directory's place.
     *
     * @param made where it was made
     * @param replaces what is to lie there
     */
    static void moveIn(Site site, DataPlaces made, DataFacts replaces) throws IOException, ActionFailed {
        site.needSame(replaces, made);
        try {
            new Swap(made, site.notes()).run();
        } finally {
            site.probe().forget();
        }
    }
}
