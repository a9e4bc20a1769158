package io.pgmahout.agent.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Creates in a running primary what its first start owes. Everything may be there already. Passwords go over the
 * wire as SCRAM verifiers, and statements that hold one are not logged.
 */
final class Furnishing {

    private static final int ANSWER_SECONDS = 600;
    private static final List<String> REWIND_FUNCTIONS = List.of(
            "pg_ls_dir(text, boolean, boolean)",
            "pg_stat_file(text, boolean)",
            "pg_read_binary_file(text)",
            "pg_read_binary_file(text, bigint, bigint, boolean)");

    private final Site site;

    Furnishing(Site site) {
        this.site = site;
    }

    void furnish() throws ActionFailed, IOException {
        boolean adopted = site.needNote().adopted();
        PostgresSettings settings = site.settings();
        try (Connection connection = ServerLink.own(settings, "pgmahout furnish", ANSWER_SECONDS)) {
            execute(connection, "SET log_min_error_statement = 'panic'");
            replicationRole(connection, settings.replication());
            if (!adopted) {
                ownDatabase(connection, settings.bootstrap());
            }
        } catch (SQLException e) {
            throw ActionFailed.failed("the cluster could not be furnished: " + e.getMessage());
        }
        if (!adopted) {
            ownFiles(settings);
        }
    }

    private static void replicationRole(Connection connection, PostgresSettings.Login login) throws SQLException {
        String role = identifier(connection, login.name());
        if (!exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", login.name())) {
            execute(connection, "CREATE ROLE " + role + " LOGIN REPLICATION");
        }
        execute(connection, "ALTER ROLE " + role + " LOGIN REPLICATION");
        password(connection, login);
        for (String function : REWIND_FUNCTIONS) {
            execute(connection, "GRANT EXECUTE ON FUNCTION pg_catalog." + function + " TO " + role);
        }
        if (exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", "pg_checkpoint")) {
            execute(connection, "GRANT pg_checkpoint TO " + role);
        }
    }

    private static void ownDatabase(Connection connection, PostgresSettings.Bootstrap wanted) throws SQLException {
        PostgresSettings.Login owner = wanted.owner();
        if (owner != null) {
            if (!exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", owner.name())) {
                execute(connection, "CREATE ROLE " + identifier(connection, owner.name()) + " LOGIN");
            }
            password(connection, owner);
        }
        String database = wanted.database();
        if (database != null && !exists(connection, "SELECT 1 FROM pg_database WHERE datname = ?", database)) {
            execute(
                    connection,
                    "CREATE DATABASE " + identifier(connection, database)
                            + (owner == null ? "" : " OWNER " + identifier(connection, owner.name())));
        }
    }

    /** Each file is one transaction, in which a row of its name is written too: it runs once. */
    private static void ownFiles(PostgresSettings settings) throws ActionFailed, IOException {
        PostgresSettings.Bootstrap wanted = settings.bootstrap();
        if (wanted.sqlFiles().isEmpty()) {
            return;
        }
        String database = wanted.database() == null ? "postgres" : wanted.database();
        try (Connection connection = ServerLink.own(settings, database, "pgmahout furnish", ANSWER_SECONDS)) {
            execute(connection, "CREATE SCHEMA IF NOT EXISTS pgmahout");
            execute(connection, "CREATE TABLE IF NOT EXISTS pgmahout.furnished (file text PRIMARY KEY)");
            connection.setAutoCommit(false);
            for (Path file : wanted.sqlFiles()) {
                if (!exists(connection, "SELECT 1 FROM pgmahout.furnished WHERE file = ?", file.toString())) {
                    run(connection, file);
                }
                connection.commit();
            }
        } catch (SQLException e) {
            throw ActionFailed.failed("own SQL failed: " + e.getMessage());
        }
    }

    private static void run(Connection connection, Path file) throws ActionFailed, IOException, SQLException {
        try (PreparedStatement mark = connection.prepareStatement("INSERT INTO pgmahout.furnished (file) VALUES (?)")) {
            mark.setString(1, file.toString());
            mark.executeUpdate();
            execute(connection, Files.readString(file));
        } catch (SQLException e) {
            throw ActionFailed.failed(file + ": " + e.getMessage());
        }
    }

    private static void password(Connection connection, PostgresSettings.Login login) throws SQLException {
        connection
                .unwrap(PGConnection.class)
                .alterUserPassword(login.name(), login.password().toCharArray(), "scram-sha-256");
    }

    private static String identifier(Connection connection, String name) throws SQLException {
        return connection.unwrap(PGConnection.class).escapeIdentifier(name);
    }

    private static boolean exists(Connection connection, String sql, @Nullable String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
