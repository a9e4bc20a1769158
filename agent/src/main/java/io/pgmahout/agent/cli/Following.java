package io.pgmahout.agent.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Follows an action to its end: prints its progress, and measures how long nobody took writes meanwhile. */
final class Following {

    private static final long EVERY_MS = 50;

    /** How long the end of the outage is waited for once the action has ended. */
    private static final long AFTERWARDS_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Terminal terminal;
    private final AdminClient client;
    private final long limitNanos;
    private boolean goneIsDone;
    private int printed;
    private long lostNanos;
    private long outageNanos;

    Following(Terminal terminal, AdminClient client, long limitSeconds) {
        this.terminal = terminal;
        this.client = client;
        this.limitNanos = TimeUnit.SECONDS.toNanos(limitSeconds);
    }

    /** The exit code that the action's outcome stands for. */
    ExitCode toEnd(JsonObject action, boolean outage) {
        String id = Facts.text(action, "id");
        long began = System.nanoTime();
        long ended = 0;
        JsonObject now = action;
        while (true) {
            print(now);
            if (outage) {
                look();
            }
            String state = Facts.text(now, "state");
            long nanos = System.nanoTime();
            if (!state.equals("running")) {
                ended = ended == 0 ? nanos : ended;
                if (lostNanos == 0 || nanos - ended > AFTERWARDS_NANOS) {
                    return ended(now, state, outage);
                }
            } else if (nanos - began > limitNanos) {
                throw new CommandFailedException(
                        ExitCode.UNKNOWN, "It still goes on as " + id + "; status shows how it ends.");
            }
            await();
            if (state.equals("running")) {
                now = asked(id, now);
            }
        }
    }

    /** As {@link #toEnd}; an agent that cannot be reached any more has ended as it was told to. */
    ExitCode toEndOrGone(JsonObject action) {
        goneIsDone = true;
        return toEnd(action, false);
    }

    private JsonObject asked(String id, JsonObject before) {
        try {
            return client.get("/actions/" + id).getAsJsonObject();
        } catch (CommandFailedException e) {
            // The member that does it may be out of reach for a moment just because of what it does.
            if (e.code() == ExitCode.UNREACHABLE && goneIsDone) {
                JsonObject gone = before.deepCopy();
                gone.addProperty("state", "done");
                gone.addProperty("text", "the agent has ended");
                return gone;
            }
            if (e.code() == ExitCode.UNREACHABLE) {
                return before;
            }
            throw e;
        }
    }

    private void print(JsonObject action) {
        JsonElement progress = action.get("progress");
        JsonArray steps = progress instanceof JsonArray array ? array : new JsonArray();
        for (; printed < steps.size(); printed++) {
            JsonObject step = steps.get(printed).getAsJsonObject();
            terminal.out().printf(Locale.ROOT, "%6s ms  %s%n", Facts.text(step, "ms"), Facts.text(step, "text"));
        }
    }

    /** Keeps count of the time during which no member is known to take writes. */
    private void look() {
        boolean writable = primary() != null;
        long now = System.nanoTime();
        if (!writable && lostNanos == 0) {
            lostNanos = now;
        } else if (writable && lostNanos != 0) {
            outageNanos += now - lostNanos;
            lostNanos = 0;
        }
    }

    private @Nullable String primary() {
        try {
            JsonObject status = client.get("/status").getAsJsonObject();
            return Facts.has(status, "primary") ? Facts.text(status, "primary") : null;
        } catch (CommandFailedException e) {
            return null;
        }
    }

    private ExitCode ended(JsonObject action, String state, boolean outage) {
        String text = Facts.text(action, "text");
        terminal.out().println(state + ": " + text);
        if (lostNanos != 0) {
            terminal.out().println(terminal.red("Still no member is known to take writes."));
        } else if (outage && outageNanos > 0) {
            terminal.out()
                    .printf(
                            Locale.ROOT,
                            "No member took writes for about %.2f s, as seen from here.%n",
                            outageNanos / 1e9);
        } else if (outage) {
            terminal.out().println("Writes were away for less than " + EVERY_MS + " ms, as seen from here.");
        }
        return switch (state) {
            case "done" -> ExitCode.OK;
            case "refused" -> ExitCode.REFUSED;
            case "failed" -> ExitCode.FAILED;
            default -> ExitCode.UNKNOWN;
        };
    }

    private static void await() {
        try {
            if (new CountDownLatch(1).await(EVERY_MS, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("nobody counts this down");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException(ExitCode.UNKNOWN, "interrupted");
        }
    }
}
