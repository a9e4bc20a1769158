package io.pgmahout.tests.bench;

import com.google.gson.JsonParser;
import io.pgmahout.tests.cluster.ClusterException;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Processes;
import io.pgmahout.tests.cluster.ServerUser;
import io.pgmahout.tests.cluster.Waiting;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a cluster costs while nothing happens, and what it does by mistake while the machine is busy. */
final class Calm {

    private static final Duration WHOLE = Duration.ofMinutes(2);
    private static final String CLIENTS = "16";

    /** Until then it still compiles what it has not done before. */
    private static final Duration WARM = Duration.ofMinutes(5);

    private final LocalCluster cluster;
    private final PrintStream out;

    Calm(LocalCluster cluster, PrintStream out) {
        this.cluster = cluster;
        this.out = out;
    }

    /** Processor time of each agent in its first minute, and what it costs from then on, without clients. */
    List<Figures> idle() {
        cluster.awaitWhole(WHOLE);
        List<Long> pids = cluster.members().stream().map(LocalMember::agentPid).toList();
        Figures first = new Figures("a new agent's processor time in its first idle minute", "s");
        aMinute(pids, first);
        out.println("the agents are left alone for " + WARM.toMinutes() + " minutes");
        Waiting.pause(WARM.toNanos());
        Figures memory = new Figures("an idle agent's resident memory", "MiB");
        Figures own = new Figures("of it, not shared with other agents by file", "MiB");
        Figures cpu = new Figures("an idle agent's processor time in a minute", "s");
        Figures writes = new Figures("writes of the record in an idle minute", "");
        long written = writes();
        aMinute(pids, cpu);
        writes.add((double) (writes() - written));
        for (long pid : pids) {
            memory.add(Processes.residentKib(pid) / 1024.0);
            own.add(Processes.anonymousKib(pid) / 1024.0);
        }
        return List.of(memory, own, first, cpu, writes);
    }

    private static void aMinute(List<Long> pids, Figures cpu) {
        List<Long> before = pids.stream().map(Processes::centiseconds).toList();
        Waiting.pause(TimeUnit.MINUTES.toNanos(1));
        for (int i = 0; i < pids.size(); i++) {
            cpu.add((Processes.centiseconds(pids.get(i)) - before.get(i)) / 100.0);
        }
    }

    /** Each write makes a version. */
    private long writes() {
        try {
            return JsonParser.parseString(Files.readString(cluster.record()))
                    .getAsJsonObject()
                    .get("version")
                    .getAsLong();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long events(String code) {
        String wanted = "\"event\":\"" + code + "\"";
        return cluster.members().stream()
                .mapToLong(member -> member.agentLog()
                        .lines()
                        .filter(line -> line.contains(wanted))
                        .count())
                .sum();
    }

    /** Saturates the processors with pgbench on the primary, and counts what should not happen. */
    List<Figures> busy(int minutes) throws SQLException {
        LocalMember primary = cluster.awaitWhole(WHOLE);
        primary.query("CREATE DATABASE pgbench");
        pgbench(primary, Duration.ofMinutes(2), "-q", "-i", "-s", "10", "pgbench");
        cluster.awaitWhole(WHOLE);
        long terms = events("TERM_TAKEN");
        long freezes = freezes();
        out.println("pgbench runs for " + minutes + " minutes");
        String said = pgbench(
                primary,
                Duration.ofMinutes(minutes + 2),
                "-c",
                CLIENTS,
                "-j",
                "2",
                "-T",
                Integer.toString(minutes * 60),
                "pgbench");
        said.lines()
                .filter(line -> line.startsWith("tps") || line.contains("failed"))
                .forEach(out::println);
        long ended = System.nanoTime();
        Figures changes = new Figures("role changes in " + minutes + " minutes of saturation", "");
        changes.add((double) (events("TERM_TAKEN") - terms));
        Figures frozen = new Figures("freezes in them", "");
        frozen.add((double) (freezes() - freezes));
        Figures lease = new Figures("until the peer lease was back at its default", "s");
        try {
            Waiting.until(
                    "the default peer lease",
                    Duration.ofMinutes(2),
                    () -> cluster.primary()
                            .flatMap(member -> member.admin().status())
                            .filter(status ->
                                    LocalCluster.text(status, "peerLeaseMs").equals("750"))
                            .isPresent());
            lease.add((System.nanoTime() - ended) / 1e9);
        } catch (ClusterException e) {
            out.println(e.getMessage());
        }
        return List.of(changes, frozen, lease);
    }

    /** How often the gates froze a server. */
    private long freezes() {
        long sum = 0;
        for (LocalMember member : cluster.members()) {
            try {
                for (String line : Files.readAllLines(member.run().resolve("state"))) {
                    if (line.startsWith("fenced=")) {
                        sum += Long.parseLong(line.substring("fenced=".length()));
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return sum;
    }

    private String pgbench(LocalMember primary, Duration limit, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "timeout",
                Long.toString(limit.toSeconds()),
                "env",
                "PGPASSFILE=" + cluster.passwordFile(),
                cluster.programs("pgbench").toString(),
                "-h",
                primary.host(),
                "-p",
                Integer.toString(primary.port()),
                "-U",
                "postgres"));
        command.addAll(List.of(arguments));
        return ServerUser.run(command, limit.plusSeconds(10));
    }
}
