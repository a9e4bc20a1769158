package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Incarnation;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.WalPosition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The gate, the data directory and the postgres of one member in a story, as far as a core can tell. */
final class StoryServer {
    static final String SYSTEM = "7000";

    final MemberName name;
    private int lives = 1;
    GateFacts.Processes process = GateFacts.Processes.NONE;
    boolean startedAsPrimary;
    long launch;
    long seq;

    @Nullable
    String exit;

    long permitMs;

    @Nullable
    Timeline permitTimeline;

    boolean terminating;
    DataFacts.Content content = DataFacts.Content.EMPTY;

    @Nullable
    String problem;

    @Nullable
    String system;

    @Nullable
    DataId data;

    @Nullable
    Timeline timeline;

    /** Of the control file of a stopped standby that has replayed little of its timeline. */
    @Nullable
    Timeline controls;

    final SortedMap<Timeline, Term> branches = new TreeMap<>((a, b) -> Integer.compare(a.id(), b.id()));
    private final Map<Timeline, Lsn> starts = new HashMap<>();
    Lsn flushed = Lsn.ZERO;
    Lsn branchStart = Lsn.ZERO;
    boolean clean;
    boolean standbyFiles;
    boolean keptAside;
    boolean answers = true;
    boolean knowsPosition = true;
    boolean tellsStart = true;

    /** The gate has not looked yet whether it is writable. */
    boolean unlooked;

    /** Its branch was written down for a promotion that never came about: the history file does not name it. */
    @Nullable
    Timeline neverMade;

    /** Receives nothing although it streams. */
    boolean lags;

    @Nullable
    MemberName following;

    boolean streaming;

    @Nullable
    String sourceProblem;

    @Nullable
    Timeline next;

    StoryServer(MemberName name) {
        this.name = name;
    }

    /** A directory of the cluster on the last of {@code history}. */
    void hold(List<Branch> history, Lsn end, boolean standby) {
        content = DataFacts.Content.COMPLETE;
        system = SYSTEM;
        data = new DataId("d-" + name);
        note(history);
        timeline = history.getLast().timeline();
        flushed = end;
        standbyFiles = standby;
        Lsn start = history.getLast().start();
        branchStart = start == null ? end : start;
    }

    void note(List<Branch> history) {
        history.forEach(branch -> {
            branches.put(branch.timeline(), branch.term());
            if (branch.start() != null) {
                starts.put(branch.timeline(), branch.start());
            }
        });
    }

    /** From here on it writes another timeline. */
    void begins(Timeline made) {
        timeline = made;
        branchStart = flushed;
        starts.put(made, flushed);
    }

    /** Where its timeline and those before it begin, as the history file says. */
    private Map<Timeline, Lsn> starts() {
        Map<Timeline, Lsn> all = new HashMap<>();
        Timeline own = timeline == null ? Timeline.FIRST : timeline;
        branches.keySet().stream()
                .filter(noted -> noted.id() < own.id() && !noted.equals(neverMade))
                .forEach(noted -> all.put(noted, starts.getOrDefault(noted, Lsn.ZERO)));
        all.put(own, branchStart);
        return all;
    }

    void run(boolean asPrimary) {
        launch++;
        process = GateFacts.Processes.RUNNING;
        startedAsPrimary = asPrimary;
        exit = null;
        clean = false;
        streaming = false;
    }

    void end(String how, boolean cleanly) {
        if (!cleanly) {
            permitMs = 0;
            permitTimeline = null;
        }
        process = GateFacts.Processes.NONE;
        exit = how;
        clean = cleanly;
        streaming = false;
    }

    /** The gate is another one; what it owned is gone. */
    void reborn() {
        if (process != GateFacts.Processes.NONE) {
            end("killed", false);
        }
        lives++;
        launch = 0;
        seq = 0;
        permitMs = 0;
        terminating = false;
        exit = null;
    }

    /** Whether it may be writable now: a promoted server only on the timeline that the permit names. */
    boolean permitted(long nowMs) {
        return permitMs > nowMs && (startedAsPrimary || permitTimeline == null || permitTimeline.equals(timeline));
    }

    boolean running() {
        return process == GateFacts.Processes.RUNNING;
    }

    boolean writable() {
        return process != GateFacts.Processes.NONE && !standbyFiles;
    }

    boolean primary() {
        return running() && !standbyFiles;
    }

    Incarnation incarnation() {
        return new Incarnation("g-" + name + lives);
    }

    GateFacts gate() {
        return new GateFacts(
                incarnation(),
                process,
                startedAsPrimary,
                writable() && !unlooked,
                launch,
                seq,
                exit,
                permitMs,
                terminating);
    }

    DataFacts facts() {
        if (content == DataFacts.Content.MISSING) {
            return new DataFacts(content, "it is empty", null, null, null, Map.of(), null, false, false);
        }
        return new DataFacts(
                content,
                problem,
                system,
                data,
                controls == null ? timeline : controls,
                branches,
                clean ? flushed : null,
                standbyFiles,
                keptAside);
    }

    @Nullable
    WalPosition position() {
        Term term = timeline == null ? null : branches.get(timeline);
        return term == null || timeline == null ? null : new WalPosition(term, timeline, flushed);
    }

    Timeline nextTimeline() {
        return next != null ? next : timeline == null ? Timeline.FIRST : new Timeline(timeline.id() + 1);
    }

    /** What a probe of the running server tells. */
    ServerFacts probe(Map<MemberName, StoryServer> all) {
        Map<MemberName, Lsn> standbys = new HashMap<>();
        all.values().stream()
                .filter(other -> other.streaming && name.equals(other.following))
                .forEach(other -> standbys.put(other.name, other.flushed));
        return new ServerFacts(
                launch,
                standbyFiles,
                system == null ? SYSTEM : system,
                timeline == null ? Timeline.FIRST : timeline,
                knowsPosition ? flushed : null,
                standbyFiles ? flushed : null,
                standbyFiles || !tellsStart ? Map.of() : starts(),
                standbyFiles ? nextTimeline() : null,
                following,
                streaming,
                sourceProblem,
                standbys);
    }
}
