package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.Source;
import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.DataId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes a stopped data directory back to where the source's history left it. All that can fail beforehand is tried
 * beforehand, by a dry run, while the directory still counts as it is. Once pg_rewind has begun to write there is no
 * way back: the directory counts as torn until all is done.
 */
final class Rewinding {

    private static final long LIMIT_MS = 6 * 3_600_000L;
    private static final int CHECKPOINT_SECONDS = 300;
    private static final List<String> OWN_FILES =
            List.of("postgresql.conf", "postgresql.auto.conf", "pg_hba.conf", "pg_ident.conf");

    private final Site site;

    Rewinding(Site site) {
        this.site = site;
    }

    void rewind(Source source, DataId data, List<Branch> branches)
            throws ActionFailed, IOException, InterruptedException {
        site.needStopped();
        site.needComplete();
        site.needNote();
        needNothingKept();
        askCheckpoint(source);
        Path directory = site.data();
        Map<String, String> own = new HashMap<>();
        for (String name : OWN_FILES) {
            String text = DurableFile.readOrNull(directory.resolve(name));
            if (text != null) {
                own.put(name, text);
            }
        }
        new Recovery(site).run();
        pgRewind(source, "--dry-run").orFail();
        site.notes().enter(DataNotes.Phase.REWINDING);
        Path marker = directory.resolve(DataLook.MARKER);
        String marked = DurableFile.readOrNull(marker);
        // Were it to come back after its volume was away, it would still not be taken for a whole one.
        DurableFile.delete(marker);
        DataPrint before = DataPrint.of(directory);
        JobResult result = pgRewind(source, "--progress");
        if (!result.good() && marked != null && DataPrint.of(directory).equals(before)) {
            DurableFile.write(marker, marked);
            site.notes().enter(DataNotes.Phase.COMPLETE);
        }
        result.orFail();
        needWal(directory);
        Content.clearInner(directory);
        for (Map.Entry<String, String> file : own.entrySet()) {
            DurableFile.write(directory.resolve(file.getKey()), file.getValue());
        }
        Files.deleteIfExists(directory.resolve("recovery.signal"));
        Content.complete(site, directory, data, Cloning.terms(branches), source, false);
        site.probe().forget();
        site.probe().follows(source);
        site.notes().placed(data);
    }

    private static void needWal(Path directory) throws ActionFailed, IOException {
        String missing = RewoundWal.missing(directory);
        if (missing != null) {
            throw ActionFailed.failed("pg_rewind has removed WAL segment " + missing
                    + ", which recovery needs (PostgreSQL before 14.14, 15.9, 16.5, 17.1 does)");
        }
    }

    private JobResult pgRewind(Source source, String option) throws ActionFailed, IOException, InterruptedException {
        return site.gate()
                .jobs()
                .run(
                        LIMIT_MS,
                        "pg_rewind",
                        "-D",
                        site.data().toString(),
                        "--source-server=" + ConnInfo.database(site.settings(), site.passFile(), source),
                        "--no-ensure-shutdown",
                        option);
    }

    /** pg_rewind removes whatever the source does not have, and what we keep in a mount point is such. */
    private void needNothingKept() throws ActionFailed, IOException {
        if (!site.places().kept().isEmpty()) {
            throw ActionFailed.refused(
                    "a rewind would remove " + site.places().kept().getFirst() + ", which lies in the data directory");
        }
    }

    /**
     * Up to PostgreSQL 15 pg_rewind takes the source's timeline from its last checkpoint, so one must have ended
     * since its promotion. Its own agent asks for one too; from 15 on our role may.
     */
    private void askCheckpoint(Source source) throws ActionFailed {
        try (Connection connection = ServerLink.other(
                        site.settings(), ConnInfo.Address.parse(source.address()), CHECKPOINT_SECONDS);
                Statement statement = connection.createStatement()) {
            if (checkpointed(statement)) {
                return;
            }
            try {
                statement.execute("CHECKPOINT");
            } catch (SQLException e) {
                throw ActionFailed.failed(
                        source.member() + " has not ended a checkpoint since its promotion: " + e.getMessage());
            }
        } catch (SQLException e) {
            throw ActionFailed.failed(source.member() + " cannot be asked: " + e.getMessage());
        }
    }

    private static boolean checkpointed(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT CASE WHEN pg_is_in_recovery() THEN NULL"
                + " ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END,"
                + " (SELECT timeline_id FROM pg_control_checkpoint())")) {
            row.next();
            String file = row.getString(1);
            return file == null || Integer.parseInt(file, 16) == row.getInt(2);
        }
    }
}
