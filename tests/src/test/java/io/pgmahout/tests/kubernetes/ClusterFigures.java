package io.pgmahout.tests.kubernetes;

import io.pgmahout.tests.cluster.ClusterException;
import io.pgmahout.tests.cluster.Waiting;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the cluster costs its clients and its Kubernetes, with the chart's defaults: {@code tests/kubernetes/run --figures
 * [RUNS]}. Not a scenario: nothing is too slow for it.
 */
@ExtendWith(Installed.class)
final class ClusterFigures {

    private static final int RUNS = Integer.getInteger("pgmahout.runs", 10);

    /** Of the names of faults, all unless {@code -Dpgmahout.only} says which. */
    private static final Pattern ONLY = Pattern.compile(System.getProperty("pgmahout.only", ""));

    private static final Duration REST = Duration.ofMinutes(1);

    private final Release release;
    private final Witness witness;

    ClusterFigures(Release release, Witness witness) {
        this.release = release;
        this.witness = witness;
    }

    @Test
    void figures() throws SQLException, IOException {
        StringBuilder table = new StringBuilder();
        line(table, Instant.now().truncatedTo(ChronoUnit.SECONDS) + ", runs of each fault: " + RUNS);
        rest(table);
        Map<Fault, List<Drill>> drills = new LinkedHashMap<>();
        for (Fault fault : Fault.ALL) {
            if (ONLY.matcher(fault.name()).find()) {
                drills.put(fault, drill(fault));
            }
        }
        outages(table, drills);
        steps(table, drills);
        Report.tell("Figures", System.lineSeparator() + table);
    }

    private List<Drill> drill(Fault fault) throws SQLException, IOException {
        List<Drill> done = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) {
            try {
                Drill drill = Drill.run(release, witness, fault);
                done.add(drill);
                Report.tell(fault.name(), drill);
            } catch (ClusterException e) {
                Report.tell(fault.name() + " gave no figure", e.toString());
            }
        }
        return done;
    }

    private static void outages(StringBuilder table, Map<Fault, List<Drill>> drills) {
        line(table, "");
        line(table, "| through -rw | outage p50, s | min | max | rows lost | two writers, s | runs |");
        line(table, "| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        drills.forEach((fault, done) -> {
            List<Double> outages = done.stream().map(Drill::outage).sorted().toList();
            if (!outages.isEmpty()) {
                String row = String.format(
                        Locale.ROOT,
                        "| %s | %.2f | %.2f | %.2f | %d | %.2f | %d |",
                        fault.name(),
                        median(outages),
                        outages.getFirst(),
                        outages.getLast(),
                        done.stream().mapToInt(Drill::lost).sum(),
                        done.stream().mapToDouble(Drill::together).max().orElse(0),
                        done.size());
                line(table, row);
            }
        });
    }

    /** Medians. */
    private static void steps(StringBuilder table, Map<Fault, List<Drill>> drills) {
        StringBuilder head = new StringBuilder("| ms from the last commit until |");
        StringBuilder rule = new StringBuilder("| --- |");
        for (Step step : Step.values()) {
            head.append(' ').append(step.title).append(" |");
            rule.append(" ---: |");
        }
        line(table, "");
        line(table, head.toString());
        line(table, rule.toString());
        drills.forEach((fault, done) -> {
            StringBuilder row = new StringBuilder("| " + fault.name() + " |");
            for (Step step : Step.values()) {
                List<Double> times = done.stream()
                        .filter(drill -> drill.steps().containsKey(step))
                        .map(drill -> drill.steps().get(step).doubleValue())
                        .sorted()
                        .toList();
                row.append(times.isEmpty() ? " – |" : " %.0f |".formatted(median(times)));
            }
            line(table, row.toString());
        });
    }

    private void rest(StringBuilder table) {
        release.awaitHealthy(Limits.BOOT);
        Waiting.pause(Duration.ofSeconds(10).toNanos());
        Map<String, Double> before = new LinkedHashMap<>();
        release.pods().forEach(pod -> before.put(pod.name(), processorSeconds(pod)));
        AuditLog log = AuditLog.from(Instant.now());
        Waiting.pause(REST.toNanos());
        long requests = log.requestsOf(release);
        List<Double> processor = release.pods().stream()
                .map(pod -> (processorSeconds(pod) - before.getOrDefault(pod.name(), 0.0)) * 100 / REST.toSeconds())
                .sorted()
                .toList();
        List<Double> memory =
                release.pods().stream().map(this::residentMiB).sorted().toList();
        line(table, "");
        line(table, "| at rest, agents of three members | |");
        line(table, "| --- | ---: |");
        line(table, "| requests to the API server a minute, all three | " + requests + " |");
        line(table, "| resident memory of an agent, MiB, least to most | " + range(memory) + " |");
        line(table, "| processor time of an agent, % of one, least to most | " + range(processor) + " |");
    }

    /** Of the container's first process, which is the agent. */
    private double processorSeconds(Pod pod) {
        String stat = release.inContainer(pod.name(), "agent", "cat", "/proc/1/stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        // utime and stime, in hundredths.
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
    }

    private double residentMiB(Pod pod) {
        return release.inContainer(pod.name(), "agent", "cat", "/proc/1/status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0)
                .sum();
    }

    private static String range(List<Double> sorted) {
        return String.format(Locale.ROOT, "%.1f–%.1f", sorted.getFirst(), sorted.getLast());
    }

    private static double median(List<Double> sorted) {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static void line(StringBuilder table, String text) {
        table.append(text).append(System.lineSeparator());
    }
}
