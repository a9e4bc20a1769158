package io.pgmahout.agent.kubernetes;

import com.google.gson.JsonObject;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What came of one request to the API server. */
public sealed interface KubernetesReply {

    /** It did what was asked. */
    record Done(JsonObject body) implements KubernetesReply {}

    /**
     * It said no, and has not done and will not do what was asked.
     *
     * @param reason in Kubernetes' words, such as {@code NotFound}; empty if it gave none
     * @param kind of the object that {@code reason} is about, such as {@code leases}; empty if it named none
     */
    record Denied(int status, String reason, String kind, String message) implements KubernetesReply {

        public boolean is(String wanted, String about) {
            return reason.equals(wanted) && kind.equals(about);
        }
    }

    /**
     * It has too much to do, and has not looked at the request.
     *
     * @param pause before which it wants no other
     */
    record Busy(Duration pause) implements KubernetesReply {}

    /** Certainly no server has seen the request. */
    record NotSent(String reason) implements KubernetesReply {}

    /** No answer, or one that does not tell whether it was or will be done. */
    record Lost(String reason) implements KubernetesReply {}

    int CONFLICT = 409;
    int GONE = 410;
    int TIMEOUT = 408;
    int TOO_MANY = 429;

    /** A longer pause than this is not kept: it would cost a primary its lease. */
    Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    Duration USUAL_PAUSE = Duration.ofSeconds(1);

    /** Statuses below 500 after which something may have been done all the same. */
    Set<Integer> UNSURE = Set.of(TIMEOUT);

    /** Reads the answer. */
    static KubernetesReply of(int status, @Nullable String retryAfter, String text) {
        if (status == TOO_MANY) {
            return new Busy(pause(retryAfter));
        }
        try {
            JsonFields body = JsonFields.parse("the answer of the API server", text);
            if (status >= 200 && status < 300) {
                return new Done(body.object());
            }
            return failed(status, body);
        } catch (UnreadableException e) {
            String reason = "HTTP " + status + ", " + e.reason();
            return isFinal(status) ? new Denied(status, "", "", reason) : new Lost(reason);
        }
    }

    /** Reads a {@code Status} object. */
    static KubernetesReply failed(int status, JsonFields body) throws UnreadableException {
        String message = body.has("message") ? body.text("message") : "HTTP " + status;
        if (!isFinal(status)) {
            return new Lost(message);
        }
        JsonFields details = body.fieldsOrNull("details");
        return new Denied(
                status,
                body.has("reason") ? body.text("reason") : "",
                details != null && details.has("kind") ? details.text("kind") : "",
                message);
    }

    private static boolean isFinal(int status) {
        return status >= 400 && status < 500 && !UNSURE.contains(status);
    }

    /** Seconds, as the API server sends it; anything else counts as the usual pause. */
    private static Duration pause(@Nullable String retryAfter) {
        if (retryAfter == null) {
            return USUAL_PAUSE;
        }
        try {
            Duration asked = Duration.ofSeconds(Math.max(0, Long.parseLong(retryAfter.strip())));
            return asked.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : asked;
        } catch (NumberFormatException e) {
            return USUAL_PAUSE;
        }
    }

    /** What is wrong, for a sentence. */
    default String problem() {
        return switch (this) {
            case Done done -> "";
            case Denied denied -> denied.message();
            case Busy busy ->
                "the API server is busy and wants no request for "
                        + busy.pause().toMillis() + " ms";
            case NotSent notSent -> notSent.reason();
            case Lost lost -> lost.reason();
        };
    }
}
