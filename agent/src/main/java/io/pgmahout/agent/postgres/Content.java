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

/** The last steps of making a content. */
final class Content {

    private Content() {}

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
