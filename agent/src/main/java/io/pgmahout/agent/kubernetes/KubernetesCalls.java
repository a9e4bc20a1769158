package io.pgmahout.agent.kubernetes;

import io.pgmahout.agent.calls.Deadline;
import okhttp3.Request;

/** Short requests for one purpose: where a busy API server wants to be left alone, no other purpose waits. Any thread. */
public final class KubernetesCalls {

    private final KubernetesHttp http;
    private final RetryPause pause = new RetryPause();

    KubernetesCalls(KubernetesHttp http) {
        this.http = http;
    }

    /** Sends once. Ends at the deadline; a busy API server is left alone until the time that it named. */
    public KubernetesReply send(Request request, Deadline deadline) {
        KubernetesReply.Busy busy = pause.await(deadline);
        if (busy != null) {
            return busy;
        }
        KubernetesReply reply = http.send(request, deadline);
        if (reply instanceof KubernetesReply.Busy more) {
            pause.begin(more);
        }
        return reply;
    }
}
