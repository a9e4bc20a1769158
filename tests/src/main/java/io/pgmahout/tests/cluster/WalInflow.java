package io.pgmahout.tests.cluster;

import java.sql.SQLException;
import java.time.Duration;

/** Whether a standby receives WAL at all, whatever its agent tells it to follow. */
final class WalInflow {

    private static final Duration END = Duration.ofSeconds(40);

    private final LocalMember member;
    private volatile boolean cut;

    WalInflow(LocalMember member) {
        this.member = member;
    }

    /** A setting of the server's own goes before the agent's; waits for the end of the walreceiver. */
    void cut() throws SQLException {
        cut = true;
        member.query("ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port=1'");
        member.query("SELECT pg_reload_conf()");
        Waiting.until("the end of the walreceiver of " + member.name(), END, () -> receivers() == 0);
    }

    void mend() throws SQLException {
        cut = false;
        member.query("ALTER SYSTEM RESET primary_conninfo");
        member.query("SELECT pg_reload_conf()");
    }

    boolean isCut() {
        return cut;
    }

    private int receivers() {
        try {
            return Integer.parseInt(member.query("SELECT count(*) FROM pg_stat_wal_receiver"));
        } catch (SQLException e) {
            throw new ClusterException(member.name() + ": " + e.getMessage(), e);
        }
    }
}
