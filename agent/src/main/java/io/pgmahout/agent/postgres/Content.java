package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.Source;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
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
        site.notes().put(new DataNote(data, ControlFile.read(directory).systemIdentifier(), branches, adopted));
        DurableFile.write(directory.resolve(DataLook.MARKER), data + "\n");
    }

    /** Puts what was made into the data directory's place. */
    static void moveIn(Site site) throws IOException {
        if (site.places().swapTears()) {
            site.notes().enter(DataNotes.Phase.MOVING);
        }
        site.places().swap();
        site.probe().forget();
        site.notes().enter(DataNotes.Phase.COMPLETE);
    }
}
