package io.pgmahout.agent.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.Driver;

/** Opens raw connections; every one has all of the driver's time-outs set. */
final class ServerLink {

    private static final Driver DRIVER = new Driver();

    /** Whatever the user set: we fill no log, are not ended for being idle, and wait for no standby. */
    private static final String OPTIONS = "-c log_statement=none -c log_min_duration_statement=-1 -c log_duration=off"
            + " -c idle_session_timeout=0 -c statement_timeout=0 -c synchronous_commit=local";

    private ServerLink() {}

    /**
     * Connects to this member's own server as the superuser.
     *
     * @param answerSeconds how long a statement may stay without an answer; 0 for as long as it takes
     */
    static Connection own(PostgresSettings settings, String purpose, int answerSeconds) throws SQLException {
        return own(settings, "postgres", purpose, answerSeconds);
    }

    static Connection own(PostgresSettings settings, String database, String purpose, int answerSeconds)
            throws SQLException {
        Properties with = properties(settings.superuser(), purpose, answerSeconds);
        with.setProperty("sslmode", "disable");
        with.setProperty("options", OPTIONS);
        return open(settings.ownHost(), settings.port(), database, with);
    }

    /** Connects to another member's server as the replication role. */
    static Connection other(PostgresSettings settings, ConnInfo.Address address, int answerSeconds)
            throws SQLException {
        Properties with = properties(settings.replication(), "pgmahout " + settings.member(), answerSeconds);
        with.setProperty("sslmode", "prefer");
        return open(address.host(), address.port(), "postgres", with);
    }

    static String url(String host, int port, String database) {
        String literal = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return "jdbc:postgresql://" + literal + ":" + port + "/"
                + java.net.URLEncoder.encode(database, java.nio.charset.StandardCharsets.UTF_8);
    }

    static Properties properties(PostgresSettings.Login login, String purpose, int answerSeconds) {
        Properties with = new Properties();
        with.setProperty("user", login.name());
        with.setProperty("password", login.password());
        with.setProperty("ApplicationName", purpose);
        with.setProperty("connectTimeout", "1");
        with.setProperty("loginTimeout", "2");
        with.setProperty("socketTimeout", Integer.toString(answerSeconds));
        with.setProperty("cancelSignalTimeout", "1");
        with.setProperty("tcpKeepAlive", "true");
        with.setProperty("gssEncMode", "disable");
        with.setProperty("prepareThreshold", "1");
        with.setProperty("assumeMinServerVersion", "14");
        return with;
    }

    private static Connection open(String host, int port, String database, Properties with) throws SQLException {
        Connection connection = DRIVER.connect(url(host, port, database), with);
        if (connection == null) {
            throw new SQLException("the driver does not take the address " + host + ":" + port);
        }
        return connection;
    }
}
