package io.pgmahout.agent.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.observe.Outages;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The physical slots that this server keeps for the other members: made, moved on and dropped over a pool of one
 * connection. Slots without our prefix are not touched. Used by one thread.
 */
final class Slots implements AutoCloseable {

    private static final String PREFIX = "pgmahout_";
    private static final String SUBJECT = "replication slots";
    private static final int ANSWER_SECONDS = 5;
    private static final String SQL = """
            SELECT slot_name, active, wal_status, restart_lsn::text, pg_is_in_recovery()
            FROM pg_replication_slots WHERE slot_type = 'physical' AND NOT temporary""";

    private final Outages outages;
    private @Nullable HikariDataSource pool;
    private @Nullable PostgresSettings poolOf;

    private record Slot(
            boolean active, boolean lost, @Nullable Lsn restart) {}

    Slots(Outages outages) {
        this.outages = outages;
    }

    static String name(MemberName member) {
        return PREFIX
                + member.value().toLowerCase(Locale.ROOT).replace('-', '_').replace('.', '_');
    }

    /** Never throws; a failure is an event as it begins and as it ends. */
    void keep(PostgresSettings settings, Effect.KeepSlots wanted) {
        try (Connection connection = pool(settings).getConnection()) {
            keep(connection, settings.member(), wanted);
            outages.works(EventCode.SLOT_FAILED, SUBJECT);
        } catch (SQLException e) {
            outages.failed(
                    EventCode.SLOT_FAILED,
                    SUBJECT,
                    Map.of(EventCode.Field.DETAIL.key(), String.valueOf(e.getMessage())));
        }
    }

    private static void keep(Connection connection, MemberName self, Effect.KeepSlots wanted) throws SQLException {
        Map<String, Slot> present = new HashMap<>();
        boolean standby = false;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SQL)) {
            while (row.next()) {
                standby = row.getBoolean(5);
                String restart = row.getString(4);
                present.put(
                        row.getString(1),
                        new Slot(
                                row.getBoolean(2),
                                "lost".equals(row.getString(3)),
                                restart == null ? null : Lsn.parse(restart)));
            }
        }
        Map<String, Effect.KeepSlots.Slot> names = new HashMap<>();
        wanted.slots().forEach((member, slot) -> {
            if (!member.equals(self)) {
                names.put(name(member), slot);
            }
        });
        for (Map.Entry<String, Slot> slot : present.entrySet()) {
            boolean ours = slot.getKey().startsWith(PREFIX);
            boolean useless = slot.getValue().lost() || wanted.dropOthers() && !names.containsKey(slot.getKey());
            if (ours && useless && !slot.getValue().active()) {
                call(connection, "SELECT pg_drop_replication_slot(?)", slot.getKey());
            }
        }
        for (Map.Entry<String, Effect.KeepSlots.Slot> slot : names.entrySet()) {
            Slot known = present.get(slot.getKey());
            if (known == null || (known.lost() && !known.active())) {
                call(connection, "SELECT pg_create_physical_replication_slot(?, true)", slot.getKey());
            } else if (standby && !known.active()) {
                advance(
                        connection,
                        slot.getKey(),
                        known.restart(),
                        slot.getValue().replayed());
            }
        }
    }

    /** Only forwards, and never beyond what this server has replayed itself. */
    private static void advance(Connection connection, String name, @Nullable Lsn from, @Nullable Lsn to)
            throws SQLException {
        if (to == null || (from != null && to.compareTo(from) <= 0)) {
            return;
        }
        call(
                connection,
                "SELECT pg_replication_slot_advance(?, least(?::pg_lsn, pg_last_wal_replay_lsn()))",
                name,
                to.toString());
    }

    private static void call(Connection connection, String sql, String... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            statement.execute();
        }
    }

    private HikariDataSource pool(PostgresSettings settings) {
        if (!settings.equals(poolOf)) {
            close();
            poolOf = settings;
        }
        if (pool == null) {
            HikariConfig config = new HikariConfig();
            config.setPoolName("slots");
            config.setDriverClassName("org.postgresql.Driver");
            config.setJdbcUrl(ServerLink.url(settings.ownHost(), settings.port(), "postgres"));
            config.setDataSourceProperties(
                    ServerLink.properties(settings.superuser(), "pgmahout slots", ANSWER_SECONDS));
            config.setUsername(settings.superuser().name());
            config.setPassword(settings.superuser().password());
            config.setMaximumPoolSize(1);
            config.setMinimumIdle(0);
            config.setIdleTimeout(60_000);
            config.setConnectionTimeout(2_000);
            config.setInitializationFailTimeout(-1);
            pool = new HikariDataSource(config);
        }
        return pool;
    }

    @Override
    public void close() {
        if (pool != null) {
            pool.close();
            pool = null;
        }
    }
}
