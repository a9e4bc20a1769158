package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Timeline;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the server answered to a probe.
 *
 * @param launch the gate's number of the server that answered
 * @param timeline the one written (primary) or received or replayed last (standby)
 * @param flushed flushed (primary) or received and flushed (standby; after a restart of a standby: replayed, and
 *     known only once local WAL is exhausted); null while not known
 * @param replayed null on a primary
 * @param starts where its timeline and those before it began, as far as its history file tells
 * @param nextTimeline the timeline that a promotion would make now; null on a primary
 * @param following the member that primary_conninfo names (its application name is this member's), null for none
 * @param streaming whether a walreceiver is streaming
 * @param sourceProblem why the walreceiver cannot stream for good: WAL removed, timeline not there; null otherwise
 * @param standbys on a primary: flushed positions of the walsenders by member
 */
public record ServerFacts(
        long launch,
        boolean recovering,
        String systemIdentifier,
        Timeline timeline,
        @Nullable Lsn flushed,
        @Nullable Lsn replayed,
        Map<Timeline, Lsn> starts,
        @Nullable Timeline nextTimeline,
        @Nullable MemberName following,
        boolean streaming,
        @Nullable String sourceProblem,
        Map<MemberName, Lsn> standbys) {

    public ServerFacts {
        starts = Map.copyOf(starts);
        standbys = Map.copyOf(standbys);
    }

    /** Where its present timeline began; null when not known. */
    public @Nullable Lsn branchStart() {
        return starts.get(timeline);
    }

    /** As it will be told by the next probe, now that its promotion made {@code made}. */
    ServerFacts promoted(Timeline made) {
        return new ServerFacts(
                launch, false, systemIdentifier, made, flushed, null, Map.of(), null, null, false, null, Map.of());
    }

    /** As it will be told by the next probe, now that it holds, and has replayed, all up to {@code end}. */
    ServerFacts holding(Lsn end) {
        return new ServerFacts(
                launch,
                recovering,
                systemIdentifier,
                timeline,
                end,
                end,
                starts,
                nextTimeline,
                null,
                false,
                null,
                standbys);
    }

    /** Where what lies in its pg_wal may be more or less than what it tells. */
    public ServerFacts withoutPosition() {
        return new ServerFacts(
                launch,
                recovering,
                systemIdentifier,
                timeline,
                null,
                replayed,
                starts,
                nextTimeline,
                following,
                streaming,
                sourceProblem,
                standbys);
    }

    /** As it will be told by the next probe, now that it was pointed at {@code source}. */
    ServerFacts pointedAt(MemberName source) {
        return new ServerFacts(
                launch,
                recovering,
                systemIdentifier,
                timeline,
                flushed,
                replayed,
                starts,
                nextTimeline,
                source,
                false,
                null,
                standbys);
    }
}
