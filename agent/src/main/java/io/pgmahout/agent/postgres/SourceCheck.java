package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.Source;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why a standby that does not stream never will: asked of its source, every two seconds after two seconds without
 * streaming, on a thread for each question. A source that cannot be asked gives no reason.
 */
final class SourceCheck {

    private static final Logger LOG = LoggerFactory.getLogger(SourceCheck.class);
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(2);
    private static final int ANSWER_SECONDS = 2;
    private static final String SQL = """
            SELECT r.recovering,
              CASE WHEN NOT r.recovering THEN pg_walfile_name(pg_current_wal_lsn()) END,
              pg_size_bytes(current_setting('wal_segment_size')),
              CASE WHEN NOT r.recovering THEN pg_current_wal_lsn()::text END
            FROM (SELECT pg_is_in_recovery() AS recovering) r""";

    private final Supplier<PostgresSettings> settings;
    private long goodNs = System.nanoTime();
    private boolean asking;
    private long questions;
    private @Nullable String problem;

    SourceCheck(Supplier<PostgresSettings> settings) {
        this.settings = settings;
    }

    /** What is known now; asks the source when it is time. */
    synchronized @Nullable String problem(@Nullable Source source, Reading reading, Timeline timeline) {
        Lsn position = reading.flushed();
        if (source == null || !reading.recovering() || reading.streaming() || position == null) {
            reset();
            return null;
        }
        if (!asking && System.nanoTime() - goodNs > PATIENCE_NS) {
            asking = true;
            long question = questions;
            Thread.ofVirtual().name("source-check").start(() -> ask(question, source, timeline, position));
        }
        return problem;
    }

    /** The source is another one, or all is well. */
    synchronized void reset() {
        goodNs = System.nanoTime();
        problem = null;
        questions++;
    }

    private void ask(long question, Source source, Timeline timeline, Lsn position) {
        String answer = null;
        try (Connection connection =
                ServerLink.other(settings.get(), ConnInfo.Address.parse(source.address()), ANSWER_SECONDS)) {
            answer = examine(connection, source, timeline, position);
        } catch (SQLException | IOException | IllegalArgumentException e) {
            LOG.debug("the source cannot be asked", e);
        }
        synchronized (this) {
            asking = false;
            if (question == questions) {
                goodNs = System.nanoTime();
                problem = answer;
            }
        }
    }

    /** Null when nothing speaks against streaming from there. */
    static @Nullable String examine(Connection connection, Source source, Timeline timeline, Lsn position)
            throws SQLException, IOException {
        String file;
        long segmentSize;
        Lsn written;
        try (PreparedStatement statement = connection.prepareStatement(SQL);
                ResultSet row = statement.executeQuery()) {
            row.next();
            if (row.getBoolean(1)) {
                return null;
            }
            file = row.getString(2);
            segmentSize = row.getLong(3);
            written = Lsn.parse(row.getString(4));
        }
        Timeline theirs = new Timeline(Integer.parseInt(file, 0, 8, 16));
        TimelineHistory history = history(connection, theirs);
        if (!history.newestFirst().contains(timeline)) {
            return "timeline " + timeline + " is not in the history of " + source.member();
        }
        if (!history.at(position).equals(timeline) && history.at(position).id() > timeline.id()) {
            return "timeline " + timeline + " ended before " + position + " in the history of " + source.member();
        }
        long number = position.value() / segmentSize;
        long perId = (1L << 32) / segmentSize;
        for (Timeline candidate : history.newestFirst()) {
            String name = "%s%08X%08X".formatted(candidate.fileName(), number / perId, number % perId);
            if (exists(connection, "pg_wal/" + name)) {
                return null;
            }
        }
        // A position on the edge may lie in a segment that is not begun yet.
        return position.compareTo(written) < 0 ? source.member() + " has removed WAL from " + position + " on" : null;
    }

    static TimelineHistory history(Connection connection, Timeline timeline) throws SQLException, IOException {
        if (timeline.equals(Timeline.FIRST)) {
            return new TimelineHistory(timeline, java.util.List.of());
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_read_binary_file(?)")) {
            statement.setString(1, "pg_wal/" + timeline.fileName() + ".history");
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return TimelineHistory.parse(timeline, new String(row.getBytes(1), StandardCharsets.UTF_8));
            }
        }
    }

    private static boolean exists(Connection connection, String file) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT (pg_stat_file(?, true)).size IS NOT NULL")) {
            statement.setString(1, file);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }
}
