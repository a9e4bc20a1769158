package io.pgmahout.tests.bench;

import com.google.gson.JsonObject;
import io.pgmahout.tests.cluster.ClusterException;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.WritingClient;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;

/** The outage that a client sees, fault by fault. */
final class Outages {

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Duration WHOLE = Duration.ofMinutes(2);
    private static final int WARM = 100;

    private final int runs;
    private final PrintStream out;

    Outages(int runs, PrintStream out) {
        this.runs = runs;
        this.out = out;
    }

    /** A way for the primary to go, and for what is left of it to come back. */
    interface Fault {
        void happen(LocalMember primary);

        default void heal(LocalMember former) {
            // Most members come back by themselves.
        }
    }

    static final Fault SERVER_KILLED = LocalMember::killPostmaster;

    static final Fault NODE_LOST = new Fault() {
        @Override
        public void happen(LocalMember primary) {
            primary.loseNode();
        }

        @Override
        public void heal(LocalMember former) {
            former.start();
        }
    };

    static final Fault AGENT_FROZEN = new Fault() {
        @Override
        public void happen(LocalMember primary) {
            primary.signalAgent("STOP");
        }

        @Override
        public void heal(LocalMember former) {
            former.signalAgent("CONT");
        }
    };

    /** Asks the primary's own agent, as any other would pass it on to it. */
    static final Fault SWITCHOVER = primary -> {
        AdminReply.require(primary.admin().post("/switchover", new JsonObject()));
    };

    Figures measure(String name, LocalCluster cluster, Fault fault) throws SQLException {
        Figures figures = new Figures(name, "s");
        LocalMember first = cluster.awaitWhole(WHOLE);
        try (WritingClient client = WritingClient.start(cluster, first, "postgres")) {
            for (int i = 0; i < runs; i++) {
                LocalMember primary = cluster.awaitWhole(WHOLE);
                client.awaitWrites(WARM, LIMIT);
                long since = System.nanoTime();
                fault.happen(primary);
                try {
                    client.awaitWriteAnew(primary.name(), since, LIMIT);
                } finally {
                    fault.heal(primary);
                }
                note(figures, name, client.outageSince(since));
            }
        } catch (ClusterException e) {
            out.println(name + " was given up: " + e.getMessage());
        }
        return figures;
    }

    /** The same client at a pair of servers without agents. */
    Figures floor(String name, boolean kill, int primaryPort, int standbyPort) throws SQLException {
        Figures figures = new Figures(name, "s");
        for (int i = 0; i < runs; i++) {
            try (BarePair pair = new BarePair(primaryPort, standbyPort);
                    WritingClient client = WritingClient.start(pair.targets())) {
                client.awaitWrites(WARM, LIMIT);
                long since = System.nanoTime();
                pair.fail(kill);
                client.awaitWriteAnew("primary", since, LIMIT);
                note(figures, name, client.outageSince(since));
            }
        }
        return figures;
    }

    private void note(Figures figures, String name, WritingClient.Outage outage) {
        figures.add(outage.length().toNanos() / 1e9);
        out.printf("%s: %s, from %s to %s%n", name, outage, outage.from(), outage.to());
    }
}
