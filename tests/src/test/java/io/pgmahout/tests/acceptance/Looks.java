package io.pgmahout.tests.acceptance;

import com.google.gson.JsonObject;
import io.pgmahout.tests.cluster.AdminPort;
import io.pgmahout.tests.cluster.ClusterException;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What scenarios ask members; one that does not answer is a plain no. */
final class Looks {

    private Looks() {}

    static String backend(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getString(1);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean has(LocalMember member, String table) {
        try {
            return member.query("SELECT to_regclass('" + table + "') IS NOT NULL")
                    .equals("t");
        } catch (SQLException down) {
            return false;
        }
    }

    static boolean writes(LocalMember member) {
        try {
            return member.query("SELECT pg_is_in_recovery()").equals("f");
        } catch (SQLException notNow) {
            return false;
        }
    }

    static String rule(LocalMember member) {
        try {
            return member.admin()
                    .get("/explain")
                    .body()
                    .getAsJsonObject()
                    .getAsJsonArray("verdicts")
                    .get(0)
                    .getAsJsonObject()
                    .get("name")
                    .getAsString();
        } catch (ClusterException | IllegalStateException | IndexOutOfBoundsException notYet) {
            return "";
        }
    }

    static long term(LocalMember member) {
        return member.admin()
                .get("/status")
                .body()
                .getAsJsonObject()
                .getAsJsonObject("record")
                .get("term")
                .getAsLong();
    }

    static boolean votes(LocalMember asked, LocalMember member) {
        return asked.admin()
                .status()
                .map(status -> status.getAsJsonObject("record").get("voters").toString())
                .orElse(member.name())
                .contains(member.name());
    }

    /** Whether a load balancer would send reads there, by an answer that knows of a term from this one on. */
    static boolean servesOf(LocalMember member, long term) {
        try {
            AdminPort.Reply reply = member.admin().get("/replica");
            return reply.status() == 200
                    && reply.body().getAsJsonObject().get("term").getAsLong() >= term;
        } catch (ClusterException down) {
            return false;
        }
    }

    /** Whether {@code asked} shows {@code member} as a standby that streams. */
    static boolean wellAt(LocalMember asked, LocalMember member) {
        for (var element : asked.admin().get("/members").body().getAsJsonArray()) {
            JsonObject one = element.getAsJsonObject();
            if (LocalCluster.text(one, "member").equals(member.name())) {
                return LocalCluster.text(one, "reachable").equals("true")
                        && LocalCluster.text(one, "role").equals("standby")
                        && LocalCluster.text(one, "streaming").equals("true")
                        && LocalCluster.text(one, "following").equals(asked.name());
            }
        }
        return false;
    }
}
