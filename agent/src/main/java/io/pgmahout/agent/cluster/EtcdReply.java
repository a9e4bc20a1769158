package io.pgmahout.agent.cluster;

import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import java.util.Set;

/** What came of one request to etcd. */
sealed interface EtcdReply {

    /** It did what was asked. */
    record Done(JsonFields body) implements EtcdReply {}

    /**
     * It said no, and has not done and will not do what was asked.
     *
     * @param login whether a new login may help: the token is missing, unknown or of an older state of the rights
     */
    record Denied(String reason, boolean login) implements EtcdReply {}

    /** Certainly no server has seen the request. */
    record NotSent(String reason) implements EtcdReply {}

    /** No answer, or one that does not tell whether it was or will be done. */
    record Lost(String reason) implements EtcdReply {}

    /** gRPC codes of an answer that is final: the request itself, the rights, the quota, the state was wrong. */
    Set<Long> FINAL = Set.of(3L, 5L, 6L, 7L, 8L, 9L, 11L, 12L, 16L);

    long UNAUTHENTICATED = 16;

    /** Reads the gateway's answer. */
    static EtcdReply of(int status, String text) {
        try {
            JsonFields body = JsonFields.parse("the answer of etcd", text);
            if (status == 200 && !body.has("error")) {
                return new Done(body);
            }
            String message = body.has("message") ? body.text("message") : "HTTP " + status;
            long code = body.has("code") ? body.whole("code") : 2;
            boolean login = code == UNAUTHENTICATED
                    || message.contains("user name is empty")
                    || message.contains("revision of auth store is old");
            return FINAL.contains(code) ? new Denied(message, login) : new Lost(message);
        } catch (UnreadableException e) {
            return new Lost("HTTP " + status + ", " + e.reason());
        }
    }
}
