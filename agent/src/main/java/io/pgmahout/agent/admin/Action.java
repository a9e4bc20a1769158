package io.pgmahout.agent.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.pgmahout.agent.ha.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Something that an operator asked for, from its request to its end. Any thread. */
final class Action {

    private static final int MAX_PROGRESS = 200;

    private final String id;
    private final String name;
    private final boolean exclusive;
    private final Instant began;
    private final LongSupplier nanoTime;
    private final long beganNanos;
    private final List<Progress> progress = new ArrayList<>();
    private Operations.@Nullable Answer answer;
    private long tookMs;

    private record Progress(long ms, String text) {}

    Action(String id, String name, boolean exclusive, Instant began, LongSupplier nanoTime) {
        this.id = id;
        this.name = name;
        this.exclusive = exclusive;
        this.began = began;
        this.nanoTime = nanoTime;
        this.beganNanos = nanoTime.getAsLong();
    }

    String id() {
        return id;
    }

    String name() {
        return name;
    }

    boolean exclusive() {
        return exclusive;
    }

    synchronized boolean running() {
        return answer == null;
    }

    synchronized void progressed(String text) {
        if (answer == null && progress.size() < MAX_PROGRESS) {
            progress.add(new Progress(elapsedMs(), text));
        }
    }

    synchronized void ended(Operations.Answer with) {
        if (answer == null) {
            answer = with;
            tookMs = elapsedMs();
        }
    }

    synchronized Operations.@Nullable Answer answer() {
        return answer;
    }

    synchronized JsonObject toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("id", id);
        json.addProperty("name", name);
        json.addProperty("state", answer == null ? "running" : state(answer.outcome()));
        json.addProperty("began", began.toString());
        json.addProperty("tookMs", answer == null ? elapsedMs() : tookMs);
        JsonArray steps = new JsonArray();
        for (Progress step : progress) {
            JsonObject one = new JsonObject();
            one.addProperty("ms", step.ms());
            one.addProperty("text", step.text());
            steps.add(one);
        }
        json.add("progress", steps);
        json.addProperty("text", answer == null ? null : answer.text());
        return json;
    }

    private static String state(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    private long elapsedMs() {
        return (nanoTime.getAsLong() - beganNanos) / 1_000_000;
    }
}
