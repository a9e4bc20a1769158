package io.pgmahout.agent.postgres;

import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is known of one content of a data directory and does not lie in it.
 *
 * @param branches for each timeline it made or followed, the term of its branch, written before the first byte
 * @param adopted it was a data directory before it came here: nothing is created in it but roles
 * @param led it is or was a primary's here, so that something may be in it that is nowhere else
 */
record DataNote(DataId data, String systemIdentifier, Map<Timeline, Term> branches, boolean adopted, boolean led) {

    DataNote {
        branches = Map.copyOf(branches);
    }

    DataNote with(Timeline timeline, Term term) {
        Map<Timeline, Term> all = new TreeMap<>((a, b) -> Integer.compare(a.id(), b.id()));
        all.putAll(branches);
        all.put(timeline, term);
        return new DataNote(data, systemIdentifier, all, adopted, led);
    }

    DataNote leading() {
        return new DataNote(data, systemIdentifier, branches, adopted, true);
    }

    DataNote with(List<Branch> history) {
        DataNote note = this;
        for (Branch branch : history) {
            note = note.with(branch.timeline(), branch.term());
        }
        return note;
    }
}
