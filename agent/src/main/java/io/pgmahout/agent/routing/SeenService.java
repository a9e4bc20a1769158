package io.pgmahout.agent.routing;

import io.pgmahout.agent.model.Term;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Service of the primary as the API server showed it.
 *
 * @param version its resourceVersion
 * @param selector empty for none
 * @param annotated whether it has any annotation, ours or not
 * @param claim its annotation of the newest term whose primary it belongs to; null for none
 * @param seenAt when this version was first seen, by the count of the {@link Scene}
 * @param confirmedAt when it was last the answer to a request, by the same count; 0 for never
 */
record SeenService(
        long version,
        Map<String, String> selector,
        boolean annotated,
        @Nullable String claim,
        long seenAt,
        long confirmedAt) {

    SeenService {
        selector = Map.copyOf(selector);
    }

    SeenService at(long seen, long confirmed) {
        return new SeenService(version, selector, annotated, claim, seen, confirmed);
    }

    /** The selector for a pod that wears the label of a term. */
    static Map<String, String> selector(String cluster, Term term) {
        return Map.of(Labels.CLUSTER, cluster, Labels.TERM, term.toString());
    }

    /** The term whose label it leads to; null if its selector is none of ours. */
    @Nullable
    Term leadsTo(String cluster) {
        Term term = term(selector.get(Labels.TERM));
        return term != null && selector.equals(selector(cluster, term)) ? term : null;
    }

    /** The newest term that moved it, or kept it; null if its selector is none of ours. */
    @Nullable
    Term belongsTo(String cluster) {
        Term leads = leadsTo(cluster);
        Term claimed = term(claim);
        return leads == null || claimed == null || leads.atLeast(claimed) ? leads : claimed;
    }

    private static @Nullable Term term(@Nullable String text) {
        return text != null && text.matches("[1-9][0-9]{0,17}") ? new Term(Long.parseLong(text)) : null;
    }
}
