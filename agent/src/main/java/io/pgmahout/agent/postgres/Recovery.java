package io.pgmahout.agent.postgres;

import io.pgmahout.agent.model.DataId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Crash recovery of a stopped data directory without starting a server, which a rewind needs. It refuses to be a
 * standby's, so standby.signal goes for its time, and comes back whatever becomes of it: a recovery that is cut off
 * is begun again by whoever starts the server next.
 */
final class Recovery {

    private static final long LIMIT_MS = 6 * 3_600_000L;
    private static final String SIGNAL = "standby.signal";

    private final Site site;

    Recovery(Site site) {
        this.site = site;
    }

    /** Does nothing after a clean stop. */
    void run() throws ActionFailed, IOException, InterruptedException {
        if (ControlFile.read(site.data()).stoppedCleanly()) {
            return;
        }
        Path signal = site.data().resolve(SIGNAL);
        if (Files.exists(signal)) {
            site.notes().enter(DataNotes.Phase.RECOVERING);
            DurableFile.delete(signal);
        }
        try {
            site.gate()
                    .jobs()
                    .run(LIMIT_MS, "postgres", "--single", "-D", site.data().toString(), "template1")
                    .orFail();
        } finally {
            heal();
        }
    }

    void heal() throws IOException {
        DataId placed = site.notes().placed();
        // Another volume may be mounted there by now, which is not to become a standby's.
        boolean same = placed == null || placed.equals(DataLook.marked(site.data()));
        if (site.notes().phase() == DataNotes.Phase.RECOVERING && same && Files.exists(ControlFile.in(site.data()))) {
            DurableFile.write(site.data().resolve(SIGNAL), "");
            site.notes().enter(DataNotes.Phase.COMPLETE);
        }
    }
}
