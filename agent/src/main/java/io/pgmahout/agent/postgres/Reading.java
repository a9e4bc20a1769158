package io.pgmahout.agent.postgres;

import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Timeline;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one query tells of a running server.
 *
 * @param written on a primary: flushed up to here
 * @param timeline on a primary: the one it writes; on a standby: the one it receives, null when it receives nothing
 * @param received on a standby: flushed by a walreceiver of this start, null when there was none
 * @param streaming whether a walreceiver streams
 * @param idle on a standby that received nothing since its start: it has replayed all it has and waits
 */
record Reading(
        boolean recovering,
        @Nullable Lsn written,
        @Nullable Timeline timeline,
        @Nullable Lsn received,
        @Nullable Lsn replayed,
        boolean streaming,
        boolean idle,
        Map<MemberName, Lsn> standbys) {

    /**
     * A walreceiver calls itself streaming before its source agreed: it streams once a message came, so that the two
     * times, alike at first, differ, or once it waits for one.
     */
    static final String SQL = """
            SELECT r.recovering,
              CASE WHEN NOT r.recovering THEN pg_current_wal_flush_lsn()::text END,
              CASE WHEN NOT r.recovering THEN pg_walfile_name(pg_current_wal_flush_lsn()) END,
              CASE WHEN r.recovering THEN pg_last_wal_receive_lsn()::text END,
              CASE WHEN r.recovering THEN pg_last_wal_replay_lsn()::text END,
              w.status = 'streaming' AND CASE WHEN w.last_msg_send_time = w.last_msg_receipt_time
                THEN (SELECT a.wait_event = 'WalReceiverMain' FROM pg_stat_activity a WHERE a.pid = w.pid)
                ELSE true END,
              w.received_tli,
              CASE WHEN r.recovering AND pg_last_wal_receive_lsn() IS NULL THEN
                (SELECT a.wait_event FROM pg_stat_activity a WHERE a.backend_type = 'startup') END,
              CASE WHEN NOT r.recovering THEN
                (SELECT string_agg(s.application_name || '=' || s.flush_lsn, ' ') FROM pg_stat_replication s
                 WHERE s.flush_lsn IS NOT NULL AND s.state IN ('streaming', 'catchup')) END
            FROM (SELECT pg_is_in_recovery() AS recovering) r LEFT JOIN pg_stat_wal_receiver w ON true""";

    static Reading of(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("no row");
            }
            String file = row.getString(3);
            int receivedTimeline = row.getInt(7);
            Timeline timeline = file != null
                    ? new Timeline(Integer.parseInt(file, 0, 8, 16))
                    : receivedTimeline > 0 ? new Timeline(receivedTimeline) : null;
            String wait = row.getString(8);
            return new Reading(
                    row.getBoolean(1),
                    lsn(row.getString(2)),
                    timeline,
                    lsn(row.getString(4)),
                    lsn(row.getString(5)),
                    row.getBoolean(6),
                    "RecoveryRetrieveRetryInterval".equals(wait) || "RecoveryWalStream".equals(wait),
                    standbys(row.getString(9)));
        }
    }

    private static @Nullable Lsn lsn(@Nullable String text) {
        return text == null ? null : Lsn.parse(text);
    }

    private static Map<MemberName, Lsn> standbys(@Nullable String text) {
        Map<MemberName, Lsn> all = new HashMap<>();
        if (text != null) {
            for (String pair : text.split(" ", -1)) {
                int equals = pair.lastIndexOf('=');
                if (equals > 0) {
                    all.put(new MemberName(pair.substring(0, equals)), Lsn.parse(pair.substring(equals + 1)));
                }
            }
        }
        return all;
    }

    /**
     * What is flushed here. A walreceiver begins to count at the start of a segment, which may lie before what was
     * replayed; without one since the start, what was replayed is all only once recovery waits for more.
     */
    @Nullable
    Lsn flushed() {
        if (!recovering) {
            return written;
        }
        if (received == null) {
            return idle ? replayed : null;
        }
        return replayed != null && replayed.compareTo(received) > 0 ? replayed : received;
    }
}
