package io.pgmahout.tests.acceptance;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.pgmahout.tests.cluster.AdminPort;
import io.pgmahout.tests.cluster.ClusterOptions;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Processes;
import io.pgmahout.tests.cluster.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** What scenarios have in common beside the {@link Oracle}. */
final class Scenario {
    /** Far above what the benchmark must show: a busy machine may take its time. */
    static final Duration LIMIT = Duration.ofSeconds(90);

    /** A busy machine must not fail over by itself: speed is measured elsewhere. */
    static final ClusterOptions PATIENT = ClusterOptions.DEFAULT
            .withSetting("failover.peer-lease", "1500ms")
            .withSetting("failover.peer-lease-max", "3s")
            .withSetting("failover.drop-after", "4s");

    private Scenario() {}

    /** A JSON object of text fields, given by turns as name and value. */
    static JsonObject body(String... pairs) {
        JsonObject body = new JsonObject();
        for (int i = 0; i < pairs.length; i += 2) {
            body.addProperty(pairs[i], pairs[i + 1]);
        }
        return body;
    }

    /** Three members with these settings beside those of {@link #PATIENT}, formed and whole. */
    static LocalCluster formed(ClusterOptions options) {
        LocalCluster cluster = LocalCluster.create(options);
        cluster.start();
        return cluster;
    }

    /** After a scenario, also one that failed: every member runs, with the cluster's settings, and is cut off nothing. */
    static void bringBack(LocalCluster cluster) {
        for (LocalMember member : cluster.members()) {
            member.settings().clear();
            if (!member.gateRuns()) {
                member.startGate();
            }
            if (!member.agentRuns()) {
                member.startAgent();
            }
            Processes.signal("CONT", member.jobProcesses("pg_basebackup"));
            if (member.isCutOff()) {
                mend(member);
            }
        }
    }

    private static void mend(LocalMember member) {
        try {
            member.mendWal();
        } catch (SQLException e) {
            throw new AssertionError(member + " cannot be told to receive WAL again", e);
        }
    }

    /** What {@code member}'s agent says why {@code other} is not promoted; empty when nothing stands in its way. */
    static String notPromoted(LocalMember member, LocalMember other) {
        AdminPort.Reply reply = member.admin().get("/explain");
        for (var element : reply.body().getAsJsonObject().getAsJsonArray("members")) {
            JsonObject one = element.getAsJsonObject();
            if (LocalCluster.text(one, "member").equals(other.name())) {
                return LocalCluster.text(one, "notPromoted");
            }
        }
        throw new AssertionError(other + " is not explained: " + reply.body());
    }

    /** Waits until {@code member} says of {@code other} a reason with these words in it. */
    static void awaitNotPromoted(LocalMember member, LocalMember other, String words) {
        Waiting.until(
                member + " says of " + other + ": " + words,
                LIMIT,
                () -> notPromoted(member, other).contains(words),
                () -> notPromoted(member, other));
    }

    /** Waits until a line of the agent's log carries an event and some words. */
    static void awaitLogged(LocalMember member, String event, String words) {
        Waiting.until(
                member + " logs " + event + " with: " + words,
                LIMIT,
                () -> logged(member, event, words) > 0,
                member::agentLog);
    }

    static long logged(LocalMember member, String event, String words) {
        return member.agentLog()
                .lines()
                .filter(line -> line.contains("\"event\":\"" + event + "\"") && line.contains(words))
                .count();
    }

    /** The record as it lies in the store. */
    static JsonObject record(LocalCluster cluster) {
        try {
            return JsonParser.parseString(Files.readString(cluster.record()))
                    .getAsJsonObject()
                    .getAsJsonObject("record");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What must be as before when nothing was done. */
    static String standing(LocalCluster cluster) {
        JsonObject record = record(cluster);
        StringBuilder standing = new StringBuilder();
        for (String key : List.of("term", "holder", "paused", "switchover")) {
            standing.append(key).append('=').append(record.get(key)).append(' ');
        }
        cluster.members().forEach(member -> standing.append(member.postmaster()));
        return standing.toString();
    }
}
