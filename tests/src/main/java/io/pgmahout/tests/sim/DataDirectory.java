package io.pgmahout.tests.sim;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.ha.Source;
import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.WalPosition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is on a machine's disk: survives every crash. */
final class DataDirectory {
    DataFacts.Content content = DataFacts.Content.EMPTY;

    @Nullable
    String systemIdentifier;

    @Nullable
    DataId data;

    boolean standbySignal;
    /** What a clone replaced lies beside it. */
    boolean keptAside;
    /** primary_conninfo as it stands in the file. */
    @Nullable
    Source source;

    /** Flushed write-ahead log; null while there is none. */
    Wal.@Nullable Tip flushed;

    /** Up to here a killed server had written: its machine has it in memory, until it loses power. */
    long cached;

    /** Up to here what a taking that was cut off left in pg_wal leads, once the gap before it is filled. */
    Wal.@Nullable Tip remains;

    /** Where that gap ends. */
    private long gapEnd;

    boolean clean;
    /** Holds WAL of another branch under its own timeline's id. */
    boolean mixed;
    /** No server starts from it any more. */
    boolean broken;
    /** Its volume goes away as soon as no server works in it. */
    boolean doomed;
    /** Its volume is not mounted yet. */
    private boolean away;
    /** What lies on a volume in whose place a clone was put since; null while there is none. */
    private @Nullable DataDirectory volume;
    /** That volume was mounted over the clone. */
    private boolean covered;
    /** A server works in it, and goes on to whatever is mounted over it. */
    boolean inUse;
    /** The term of each timeline's branch, as the agent noted it beside the data. */
    final TreeMap<Integer, Term> branches = new TreeMap<>();
    /** The history files in pg_wal. */
    final TreeSet<Integer> histories = new TreeSet<>();

    Wal.Tip tip() {
        Wal.Tip tip = flushed;
        if (tip == null) {
            throw new IllegalStateException("no data");
        }
        return tip;
    }

    /** What whoever reads the files finds. */
    Wal.Tip readable() {
        Wal.Tip tip = tip();
        return cached > tip.lsn() ? new Wal.Tip(tip.wal(), cached) : tip;
    }

    /** All that can be read is brought to disk. */
    void secure() {
        flushed = readable();
        cached = 0;
    }

    /** All of {@code end} that this does not have is in pg_wal, but for the first bytes. */
    void copied(Wal.Tip end) {
        remains = end;
        gapEnd = tip().lsn() + 1 + (end.lsn() - tip().lsn()) / 16;
    }

    /** Whether recovery goes on through remains: the log that is now there fills the gap before them. */
    boolean fillsGap() {
        Wal.Tip end = remains;
        return end != null && !tip().contains(end) && tip().contains(new Wal.Tip(end.wal(), gapEnd).canonical());
    }

    /** What PostgreSQL's findNewestTimeLine finds, and one more. */
    int nextTimeline() {
        int newest = tip().wal().timeline;
        while (histories.contains(newest + 1)) {
            newest++;
        }
        return newest + 1;
    }

    /** Whose history file has the greatest name. */
    int newestTimeline() {
        return Math.max(
                tip().wal().timeline,
                histories.stream().mapToInt(Integer::intValue).max().orElse(1));
    }

    /** Whether this data's own timeline was made in another term than {@code history} says, or in one nobody wrote down (A3). */
    boolean contradicts(List<Branch> history) {
        int own = tip().wal().timeline;
        Term term = branches.get(own);
        return history.stream()
                .anyMatch(branch ->
                        branch.timeline().id() == own && !branch.term().equals(term));
    }

    void note(List<Branch> history) {
        for (Branch branch : history) {
            branches.put(branch.timeline().id(), branch.term());
        }
    }

    /** Takes over everything of another directory, as it is now, under a new data id. */
    void copy(DataDirectory other, DataId id, List<Branch> history) {
        systemIdentifier = other.systemIdentifier;
        data = id;
        flushed = other.flushed;
        cached = 0;
        clean = false;
        histories.clear();
        histories.addAll(other.histories);
        remains = null;
        branches.clear();
        note(history);
        content = DataFacts.Content.COMPLETE;
        mixed = false;
        broken = false;
        doomed = false;
    }

    boolean complete() {
        return content == DataFacts.Content.COMPLETE && !away && !hidden();
    }

    private boolean hidden() {
        return covered && !inUse;
    }

    /** Until it comes, there is nothing. */
    void goAway() {
        away = content != DataFacts.Content.EMPTY;
    }

    /** Its volume is mounted, over what was put in its place if something was. */
    void comeBack() {
        away = false;
        covered = volume != null && content == DataFacts.Content.COMPLETE;
    }

    boolean covered() {
        return covered;
    }

    /** An operator unmounts what should not have been mounted. */
    void uncover() {
        covered = false;
        volume = null;
    }

    /** What is made now is made in place of the volume. */
    void giveUpVolume() {
        if (away) {
            DataDirectory former = new DataDirectory();
            former.take(this);
            lose();
            volume = former;
        }
    }

    /** What an agent would see that takes the volume's content for what replaced it. */
    void takeVolume() {
        DataDirectory former = volume;
        if (hidden() && former != null) {
            take(former);
            uncover();
        }
    }

    private void take(DataDirectory other) {
        content = other.content;
        systemIdentifier = other.systemIdentifier;
        data = other.data;
        flushed = other.flushed;
        cached = other.cached;
        remains = other.remains;
        gapEnd = other.gapEnd;
        source = other.source;
        standbySignal = other.standbySignal;
        clean = other.clean;
        mixed = other.mixed;
        broken = other.broken;
        branches.clear();
        branches.putAll(other.branches);
        histories.clear();
        histories.addAll(other.histories);
    }

    /** The volume is gone: what is there now is empty. */
    void lose() {
        away = false;
        uncover();
        content = DataFacts.Content.MISSING;
        systemIdentifier = null;
        data = null;
        flushed = null;
        cached = 0;
        remains = null;
        source = null;
        standbySignal = false;
        keptAside = false;
        clean = false;
        mixed = false;
        broken = false;
        doomed = false;
        branches.clear();
        histories.clear();
    }

    /** Branch, timeline and LSN, or null where the branch's term was never noted. */
    @Nullable
    WalPosition position() {
        Wal.Tip tip = flushed == null ? null : readable();
        Term term = tip == null ? null : branches.get(tip.wal().timeline);
        return tip == null || term == null
                ? null
                : new WalPosition(term, new Timeline(tip.wal().timeline), new Lsn(tip.lsn()));
    }

    /** @param terms the branches as they are told */
    DataFacts facts(Map<Integer, Term> terms) {
        Wal.Tip tip = flushed;
        boolean complete = complete();
        Map<Timeline, Term> told = new LinkedHashMap<>();
        if (complete) {
            terms.forEach((id, term) -> told.put(new Timeline(id), term));
        }
        return new DataFacts(
                away ? DataFacts.Content.MISSING : hidden() ? DataFacts.Content.FOREIGN : content,
                hidden() ? "a volume is mounted over it" : null,
                complete ? systemIdentifier : null,
                complete ? data : null,
                complete && tip != null ? new Timeline(tip.wal().timeline) : null,
                told,
                complete && clean && tip != null ? new Lsn(tip.lsn()) : null,
                complete && standbySignal,
                keptAside && !away);
    }
}
