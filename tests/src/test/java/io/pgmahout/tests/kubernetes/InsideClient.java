package io.pgmahout.tests.kubernetes;

import io.pgmahout.tests.cluster.ClusterException;
import io.pgmahout.tests.cluster.Waiting;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A client on a member's own node: one open connection in the node's network, which a cut does not reach, and one row
 * after the other as fast as they are acknowledged.
 */
final class InsideClient implements AutoCloseable {

    /** Beyond every value that clients outside write. */
    private static final long FIRST_VALUE = 1_000_000_000;

    /** A commit that was acknowledged: when it was sent, and when answered, by both clocks. */
    record Acknowledged(long value, long begun, long nanos, Instant at) {}

    private final long first;
    private final Process psql;
    private final List<Acknowledged> acknowledged = new ArrayList<>();
    private final Thread thread = Thread.ofPlatform().daemon().name("inside").unstarted(this::write);

    /** The {@code number}th of them: connects to the pod's server, whose table is there, and waits for the first rows. */
    static InsideClient start(Release release, Pod pod, int number) throws IOException {
        InsideClient client = new InsideClient(release, pod, number);
        client.thread.start();
        Waiting.until(
                "commits inside",
                Duration.ofMinutes(1),
                () -> client.acknowledged().size() > 20);
        return client;
    }

    private InsideClient(Release release, Pod pod, int number) throws IOException {
        first = (number + 1) * FIRST_VALUE;
        ProcessBuilder builder = new ProcessBuilder(
                "nsenter",
                "--net=/run/netns/pgmahout-" + pod.node(),
                "psql",
                "--no-psqlrc",
                "host=%s dbname=app user=app sslmode=require".formatted(pod.address()));
        builder.environment().put("PGPASSWORD", release.password());
        psql = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    private void write() {
        try (Writer in = new OutputStreamWriter(psql.getOutputStream(), StandardCharsets.UTF_8);
                BufferedReader out =
                        new BufferedReader(new InputStreamReader(psql.getInputStream(), StandardCharsets.UTF_8))) {
            for (long value = first; ; value++) {
                long begun = System.nanoTime();
                in.write("INSERT INTO writes (value) VALUES (" + value + ");\n");
                in.flush();
                String answer = out.readLine();
                if (answer == null) {
                    return;
                }
                if (answer.equals("INSERT 0 1")) {
                    synchronized (acknowledged) {
                        acknowledged.add(new Acknowledged(value, begun, System.nanoTime(), Instant.now()));
                    }
                }
            }
        } catch (IOException ended) {
            // Its server's end is psql's end.
        }
    }

    List<Acknowledged> acknowledged() {
        synchronized (acknowledged) {
            return List.copyOf(acknowledged);
        }
    }

    @Override
    public void close() {
        psql.destroyForcibly();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted", e);
        }
    }
}
