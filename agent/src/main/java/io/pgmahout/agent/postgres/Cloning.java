package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.ServerAction;
import io.pgmahout.agent.ha.Source;
import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a copy of another member beside the data directory, verifies it, and only then moves it into place. Until
 * then the old content is untouched; afterwards it waits aside until the copy streams.
 */
final class Cloning {

    private static final Logger LOG = LoggerFactory.getLogger(Cloning.class);
    private static final int ANSWER_SECONDS = 5;

    private final Site site;

    Cloning(Site site) {
        this.site = site;
    }

    void copy(ServerAction.Clone clone) throws ActionFailed, IOException, InterruptedException {
        site.needStopped();
        site.heal();
        DataPlaces places = site.places();
        site.needSame(clone.replaces(), places);
        new Swap(places, site.notes()).needRoomAside();
        try {
            Content.Making made = Content.begin(site, places, clone.data());
            Path making = made.content();
            // A volume that comes late is to be used, not to wait for a copy that takes hours and is refused then.
            fetch(clone.source(), made, () -> site.needSame(clone.replaces(), places));
            made.needLinked();
            for (String stray : Set.of("recovery.signal", "backup_manifest.tmp")) {
                DurableFile.delete(making.resolve(stray));
            }
            Content.clearInner(making);
            Content.complete(site, making, clone.data(), terms(clone.branches()), clone.source(), false);
            Content.moveIn(site, places, clone.replaces());
        } catch (ActionFailed e) {
            Content.clear(site, places);
            throw e;
        }
        site.probe().follows(clone.source());
    }

    private void fetch(Source source, Content.Making made, GateJobs.Wanted wanted)
            throws ActionFailed, IOException, InterruptedException {
        PostgresSettings.Copying copying = site.settings().copying();
        long begunNs = System.nanoTime();
        Path making = made.content();
        List<String> arguments = new ArrayList<>(List.of(
                "-D",
                making.toString(),
                "-d",
                ConnInfo.replication(site.settings(), site.passFile(), source),
                "--no-password",
                "--checkpoint=fast",
                "--wal-method=stream",
                "--progress"));
        if (copying.bytesPerSecond() > 0) {
            arguments.add("--max-rate=" + copying.bytesPerSecond() / 1024);
        }
        if (made.wal() != null) {
            arguments.add("--waldir=" + made.wal());
        }
        if (slotIsFree(source)) {
            arguments.add("--slot=" + Slots.name(site.settings().member()));
        }
        site.gate()
                .jobs()
                .run(leftMs(copying, begunNs), wanted, "pg_basebackup", arguments.toArray(String[]::new))
                .orFail();
        site.gate()
                .jobs()
                .run(leftMs(copying, begunNs), wanted, "pg_verifybackup", "--quiet", making.toString())
                .orFail();
    }

    private static long leftMs(PostgresSettings.Copying copying, long begunNs) {
        return Math.max(1, copying.limit().toMillis() - (System.nanoTime() - begunNs) / 1_000_000);
    }

    static Map<Timeline, Term> terms(List<Branch> branches) {
        Map<Timeline, Term> terms = new HashMap<>();
        branches.forEach(branch -> terms.put(branch.timeline(), branch.term()));
        return terms;
    }

    /** With its slot, the copy finds all WAL since the backup; without, it may have to be made again. */
    private boolean slotIsFree(Source source) {
        try (Connection connection =
                        ServerLink.other(site.settings(), ConnInfo.Address.parse(source.address()), ANSWER_SECONDS);
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT NOT active FROM pg_replication_slots WHERE slot_name = ?")) {
            statement.setString(1, Slots.name(site.settings().member()));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        } catch (SQLException e) {
            LOG.debug("the source's slots are not known", e);
            return false;
        }
    }

    void forget() throws IOException {
        site.places().forget();
        site.places().tellStrayWal(site.notes());
    }
}
