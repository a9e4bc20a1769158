package io.pgmahout.agent.kubernetes;

import io.pgmahout.agent.kubernetes.KubernetesReply.Denied;

/** Why the API server said no, for an operator who must find what to grant. */
public final class Refusal {

    /** What stands before the verb that is missing. */
    public static final String GRANT = "grant the verb ";

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    private Refusal() {}

    /**
     * Names the verb where that is what is missing.
     *
     * @param object what was asked for, such as {@code the Lease zoo}
     * @param resource as a Role has it, such as {@code leases of coordination.k8s.io}
     */
    public static String of(Denied denied, String verb, String object, String resource, String namespace) {
        if (denied.status() == UNAUTHORIZED) {
            return "the API server does not know us (401): the service account is gone or its token is not valid: "
                    + denied.message();
        }
        if (denied.status() == FORBIDDEN && denied.message().contains("cannot " + verb + " ")) {
            return "not allowed to " + verb + " " + object + " in namespace " + namespace + ": " + GRANT + "\"" + verb
                    + "\" on " + resource + ": " + denied.message();
        }
        return denied.message();
    }
}
