package io.pgmahout.tests.bench;

import io.pgmahout.tests.cluster.ClusterException;
import io.pgmahout.tests.cluster.ClusterOptions;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * {@code pgmahout bench [--runs N] [--minutes M] [--only WORD]}: outages as a client sees them, each N times beside their
 * floor, the cost of idling, and false alarms in M minutes of saturation (0: none). With the defaults of everything.
 */
public final class Bench {

    private int runs = 10;
    private int minutes = 10;
    private String only = "";
    private final PrintStream out;
    private final List<Figures> figures = new ArrayList<>();

    private Bench(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) {
        Bench bench = new Bench(System.out);
        try {
            bench.parse(List.of(arguments));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            System.out.println("usage: pgmahout bench [--runs N] [--minutes M] [--yes]"
                    + " [--only floor|killed|lost|switchover|frozen|idle|alarms]");
            System.exit(2);
        }
        System.exit(bench.run());
    }

    private void parse(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            switch (arguments.get(i)) {
                case "--runs" -> runs = Integer.parseInt(arguments.get(++i));
                case "--minutes" -> minutes = Integer.parseInt(arguments.get(++i));
                case "--only" -> only = arguments.get(++i);
                case "--yes" -> {}
                default -> throw new IllegalArgumentException(arguments.get(i));
            }
        }
    }

    private int run() {
        try (LocalCluster cluster = LocalCluster.create(ClusterOptions.DEFAULT)) {
            heading(cluster);
            Predicate<String> wanted = word -> only.isEmpty() || only.equals(word);
            Outages outages = new Outages(runs, out);
            if (wanted.test("floor")) {
                LocalMember first = cluster.members().getFirst();
                LocalMember last = cluster.members().getLast();
                figures.add(outages.floor("floor: a bare pair, primary killed", true, first.port(), last.port()));
                figures.add(outages.floor("floor: a bare pair, primary stopped", false, first.port(), last.port()));
            }
            cluster.start();
            cluster.awaitWhole(Duration.ofMinutes(3));
            if (wanted.test("idle")) {
                figures.addAll(new Calm(cluster, out).idle());
            }
            if (wanted.test("killed")) {
                figures.add(outages.measure("postgres killed", cluster, Outages.SERVER_KILLED));
            }
            if (wanted.test("switchover")) {
                figures.add(outages.measure("switchover", cluster, Outages.SWITCHOVER));
            }
            if (wanted.test("lost")) {
                figures.add(outages.measure("node loss", cluster, Outages.NODE_LOST));
            }
            if (wanted.test("frozen")) {
                figures.add(outages.measure("the primary's agent frozen", cluster, Outages.AGENT_FROZEN));
            }
            if (wanted.test("alarms") && minutes > 0) {
                figures.addAll(new Calm(cluster, out).busy(minutes));
            }
            return 0;
        } catch (ClusterException | SQLException e) {
            out.println("Failed: " + e.getMessage());
            return 1;
        } finally {
            out.println();
            out.println(Figures.head());
            figures.forEach(one -> out.println(one.row()));
        }
    }

    private void heading(LocalCluster cluster) {
        out.printf(
                "pgmahout bench, %s; %s; Java %s; %s %s, %d processors (%s), %s%n%n",
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                cluster.postgresVersion(),
                Runtime.version(),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                Runtime.getRuntime().availableProcessors(),
                first("/proc/cpuinfo", "model name"),
                first("/proc/meminfo", "MemTotal"));
    }

    private static String first(String file, String key) {
        try {
            return Files.readAllLines(Path.of(file)).stream()
                    .filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("?");
        } catch (IOException e) {
            return "?";
        }
    }
}
