package io.pgmahout.agent.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The labels of a pod that are ours, null for one that it does not have.
 *
 * @param term as it stands there, which somebody may have written by hand
 */
record Labels(
        @Nullable String cluster,
        @Nullable String role,
        @Nullable String term) {

    static final String CLUSTER = "pgmahout.io/cluster";
    static final String ROLE = "pgmahout.io/role";
    static final String TERM = "pgmahout.io/term";

    static final String PRIMARY = "primary";
    static final String REPLICA = "replica";

    /** As it is between them, for people: {@code pgmahout.io/role primary → none}. */
    String changedTo(Labels next) {
        List<String> changes = new ArrayList<>();
        change(changes, CLUSTER, cluster, next.cluster);
        change(changes, ROLE, role, next.role);
        change(changes, TERM, term, next.term);
        return String.join(", ", changes);
    }

    private static void change(List<String> changes, String label, @Nullable String from, @Nullable String to) {
        if (!Objects.equals(from, to)) {
            changes.add(label + " " + (from == null ? "none" : from) + " → " + (to == null ? "none" : to));
        }
    }
}
