package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.Source;
import java.io.IOException;
import java.nio.file.Path;

/** Connection strings of libpq. They never hold a password: that stands in a file of mode 0600. */
final class ConnInfo {

    private ConnInfo() {}

    /** An address as members announce it, {@code host:port}; a host may be IPv6 in brackets. */
    record Address(String host, int port) {
        static Address parse(String text) {
            int colon = text.lastIndexOf(':');
            String host = colon < 0 ? text : text.substring(0, colon);
            String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
            return new Address(bare, colon < 0 ? 5432 : Integer.parseInt(text.substring(colon + 1)));
        }
    }

    /** For primary_conninfo and pg_basebackup. A peer that fell silent is noticed within five seconds. */
    static String replication(PostgresSettings settings, Path passFile, Source source) {
        Address address = Address.parse(source.address());
        return "host=" + quoted(address.host())
                + " port=" + address.port()
                + " user=" + quoted(settings.replication().name())
                + " passfile=" + quoted(passFile.toString())
                + " application_name=" + quoted(settings.member().value())
                + " connect_timeout=2 keepalives_idle=1 keepalives_interval=1 keepalives_count=4"
                + " tcp_user_timeout=5000";
    }

    /** For pg_rewind. */
    static String database(PostgresSettings settings, Path passFile, Source source) {
        return replication(settings, passFile, source) + " dbname=postgres";
    }

    static String passFileText(PostgresSettings settings) {
        return "*:*:*:" + escaped(settings.replication().name()) + ":"
                + escaped(settings.replication().password()) + "\n";
    }

    static Path writePassFile(PostgresSettings settings, Path file) throws IOException {
        DurableFile.write(file, passFileText(settings));
        return file;
    }

    private static String escaped(String word) {
        return word.replace("\\", "\\\\").replace(":", "\\:");
    }

    private static String quoted(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
