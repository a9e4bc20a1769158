package io.pgmahout.tests.demo;

import io.pgmahout.tests.cluster.ClusterException;
import io.pgmahout.tests.cluster.ClusterOptions;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Waiting;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * {@code pgmahout demo [--keep] [--exercise]}: three members on this machine, and a view of them until Ctrl-C. Exits
 * with 0 or, when something failed, 1; with 2 for wrong arguments.
 */
public final class Demo {

    private static final Duration FORMING = Duration.ofMinutes(3);
    private static final long TICK_NANOS = 250_000_000;

    private final PrintStream out;
    private final boolean keep;
    private final boolean exercise;

    private Demo(PrintStream out, boolean keep, boolean exercise) {
        this.out = out;
        this.keep = keep;
        this.exercise = exercise;
    }

    public static void main(String[] arguments) {
        List<String> given = List.of(arguments);
        for (String one : given) {
            if (!List.of("--keep", "--exercise", "--yes").contains(one)) {
                System.out.println("usage: pgmahout demo [--keep] [--exercise] [--yes]");
                System.out.println("  --keep      leave the data where they are at the end");
                System.out.println("  --exercise  kill, lose and switch over by itself; exit 0 when all went well");
                System.out.println("  --yes       install what is missing without asking (Debian and Ubuntu, as root)");
                System.exit(one.equals("--help") || one.equals("-h") ? 0 : 2);
            }
        }
        System.exit(new Demo(System.out, given.contains("--keep"), given.contains("--exercise")).run());
    }

    private int run() {
        try (LocalCluster cluster = LocalCluster.create(ClusterOptions.DEFAULT)) {
            if (keep) {
                cluster.keepData();
            }
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> farewell(cluster)));
            out.println("Starting three members in " + cluster.directory());
            cluster.start();
            return follow(cluster);
        } catch (ClusterException e) {
            out.println("\nFailed: " + e.getMessage());
            return 1;
        }
    }

    private int follow(LocalCluster cluster) {
        try {
            return exercise ? exercise(cluster) : show(cluster);
        } catch (ClusterException | SQLException e) {
            out.println("\nFailed: " + e.getMessage());
            out.println("The members say: " + cluster.summary());
            return 1;
        }
    }

    private void farewell(LocalCluster cluster) {
        out.println();
        out.println(
                keep
                        ? "Stopping everything; the data stay in " + cluster.directory()
                        : "Stopping everything; nothing is left behind.");
    }

    private int exercise(LocalCluster cluster) throws SQLException {
        cluster.awaitWhole(FORMING);
        return new Exercise(cluster, out).run() ? 0 : 1;
    }

    /** Until Ctrl-C, which ends the process; its end stops the cluster. */
    private int show(LocalCluster cluster) {
        View view = View.on(out);
        Keeper keeper = new Keeper(cluster, view);
        long end = System.nanoTime() + FORMING.toNanos();
        while (!cluster.isWhole()) {
            if (System.nanoTime() - end > 0) {
                throw new ClusterException(
                        "no whole cluster within " + FORMING.toMinutes() + " minutes: " + cluster.summary());
            }
            view.show(Topology.of(cluster));
            Waiting.pause(TICK_NANOS);
        }
        view.clear();
        introduce(cluster);
        while (!cluster.isClosed()) {
            keeper.restartWhatEnded();
            Topology topology = Topology.of(cluster);
            if (!cluster.isClosed()) {
                view.show(topology);
            }
            Waiting.pause(TICK_NANOS);
        }
        return 0;
    }

    private void introduce(LocalCluster cluster) {
        LocalMember primary = cluster.awaitPrimary(FORMING);
        LocalMember other = cluster.membersBut(primary).getFirst();
        out.println("""

                Connect, always to the primary:
                  %s

                Try, in another terminal:
                  export PGMAHOUT_ADMIN=%s
                  ./pgmahout status                         who is what, and why
                  ./pgmahout switchover --to %s --yes       hand the primary's role over
                  kill -9 $(head -1 %s/postmaster.pid)
                                                            kill the postgres of %s
                  kill -9 %d %d                     lose the agent and the gate of %s at once
                  ./pgmahout history                        what happened, with the time of each step
                  ./pgmahout explain                        the rules that fire now

                Logs: %s/n*/{agent,gate}.log and run/postgres.log. Ctrl-C stops everything.
                """.formatted(
                        cluster.psql("postgres"),
                        other.adminAddress(),
                        other.name(),
                        primary.data(),
                        primary.name(),
                        primary.agentPid(),
                        primary.gatePid(),
                        primary.name(),
                        cluster.directory()));
    }
}
