package io.pgmahout.tests.demo;

import com.google.gson.JsonObject;
import io.pgmahout.tests.cluster.ClusterException;
import io.pgmahout.tests.cluster.Leadership;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import io.pgmahout.tests.cluster.WritingClient.Acknowledged;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The hands-on exercise by itself: the primary's postgres is killed, its member is lost, its role is handed over, under
 * a client that writes all the time; each time it is told, and proven, what came of it.
 */
final class Exercise {

    private static final String DATABASE = "exercise";
    private static final int ROWS = 1_000;
    private static final Duration TAKEOVER = Duration.ofMinutes(1);
    private static final Duration WHOLE = Duration.ofMinutes(2);
    private static final int WARM = 100;

    /** With asynchronous replication a lost machine takes along what was acknowledged this shortly before. */
    private static final Duration UNREPLICATED = Duration.ofSeconds(1);

    private final LocalCluster cluster;
    private final PrintStream out;
    private final Set<Long> lost = new HashSet<>();
    private boolean well = true;

    Exercise(LocalCluster cluster, PrintStream out) {
        this.cluster = cluster;
        this.out = out;
    }

    /** Whether all went as it should. */
    boolean run() throws SQLException {
        LocalMember primary = cluster.awaitPrimary(TAKEOVER);
        out.println("A cluster of three; " + primary + " leads. A database, and a table with 1,000 rows.");
        primary.query("CREATE DATABASE " + DATABASE);
        primary.query(
                DATABASE,
                "CREATE TABLE ledger AS SELECT n AS id, md5(n::text) AS entry FROM generate_series(1, " + ROWS + ") n");
        try (WritingClient client = WritingClient.start(cluster, primary, DATABASE)) {
            step(client, "the primary's postgres is killed", Loss.NOTHING, LocalMember::killPostmaster);
            step(client, "the primary's agent, gate and server are killed at once", Loss.UNREPLICATED, member -> {
                member.loseNode();
                client.awaitWriteAnew(member.name(), System.nanoTime(), TAKEOVER);
                member.start();
            });
            step(client, "the primary's role is handed over to a named member", Loss.NOTHING, this::switchOver);
        }
        out.println(well ? "\nAll went well." : "\nNot all went well.");
        return well;
    }

    private enum Loss {
        NOTHING,
        UNREPLICATED
    }

    private interface Fault {
        void happen(LocalMember primary);
    }

    private void switchOver(LocalMember primary) {
        LocalMember successor = cluster.membersBut(primary).getLast();
        JsonObject body = new JsonObject();
        body.addProperty("to", successor.name());
        JsonObject action = successor.admin().act("/switchover", body, TAKEOVER);
        check(
                LocalCluster.text(action, "state").equals("done"),
                "the switchover to " + successor + ": " + LocalCluster.text(action, "text"));
        check(cluster.awaitPrimary(TAKEOVER) == successor, "the named member " + successor + " leads");
    }

    private void step(WritingClient client, String title, Loss loss, Fault fault) throws SQLException {
        LocalMember before = cluster.awaitWhole(WHOLE);
        client.awaitWrites(WARM, WHOLE);
        out.println("\n" + before + " leads; " + title + ".");
        long since = System.nanoTime();
        fault.happen(before);
        client.awaitWriteAnew(before.name(), since, TAKEOVER);
        WritingClient.Outage outage = client.outageSince(since);
        LocalMember after = cluster.awaitWhole(WHOLE);
        long whole = System.nanoTime();
        out.println(
                "  the client could not write for " + outage + " (from " + outage.from() + " to " + outage.to() + ")");
        out.println("  " + Leadership.of(after));
        client.awaitWrites(WARM, WHOLE);
        for (LocalMember member : cluster.members()) {
            rows(client, member, since, loss);
        }
        String later = "%.1f s later".formatted((whole - since) / 1e9);
        if (after == before) {
            check(
                    loss == Loss.NOTHING,
                    before + " was started again where it was, since no other member had all of its WAL; whole "
                            + later);
        } else {
            check(
                    before.query("SELECT pg_is_in_recovery()").equals("t"),
                    "%s, which led before, streams from %s as a standby %s".formatted(before, after, later));
        }
    }

    private void rows(WritingClient client, LocalMember member, long since, Loss loss) throws SQLException {
        check(
                member.query(DATABASE, "SELECT count(*) FROM ledger WHERE entry = md5(id::text)")
                        .equals(Integer.toString(ROWS)),
                member + " has the 1,000 rows");
        List<Acknowledged> acknowledged = client.acknowledged();
        long last = acknowledged.getLast().value();
        Waiting.until("row " + last + " at " + member, WHOLE, () -> has(member, last));
        List<Acknowledged> missing = client.missingAt(member, DATABASE).stream()
                .filter(one -> one.value() <= last)
                .toList();
        check(
                missing.stream().allMatch(one -> allowed(one, since, loss)),
                "%s has %,d of %,d acknowledged rows%s"
                        .formatted(
                                member,
                                acknowledged.size() - missing.size(),
                                acknowledged.size(),
                                missing.isEmpty()
                                        ? ""
                                        : "; those of the last moment before the loss were not yet replicated: "
                                                + missing));
    }

    /** Once lost with a machine, a row stays lost: what is older than this fault was judged after that one. */
    private boolean allowed(Acknowledged missing, long since, Loss loss) {
        long before = since - missing.nanos();
        return switch (loss) {
            case NOTHING -> lost.contains(missing.value());
            case UNREPLICATED -> lost.contains(missing.value()) || tail(missing, before);
        };
    }

    private boolean tail(Acknowledged missing, long before) {
        boolean last = before < UNREPLICATED.toNanos();
        if (last) {
            lost.add(missing.value());
        }
        return last;
    }

    private static boolean has(LocalMember member, long value) {
        try {
            return member.query(DATABASE, "SELECT count(*) FROM writes WHERE value = " + value)
                    .equals("1");
        } catch (SQLException e) {
            throw new ClusterException(member + ": " + e.getMessage(), e);
        }
    }

    private void check(boolean holds, String what) {
        well &= holds;
        out.println((holds ? "  yes: " : "  NO:  ") + what);
    }
}
