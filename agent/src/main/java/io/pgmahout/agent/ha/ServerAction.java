package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.WalPosition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something to do with this member's own server or data directory. One at a time, except {@link Kill}, which ends
 * any other. Each ends with one {@link Event.ActionEnded} that carries the data directory as it then is.
 */
public sealed interface ServerAction {

    /** Look at the data directory. */
    record Inspect() implements ServerAction {}

    /** Make a new cluster: initdb, settings, superuser. The directory is empty or torn by an earlier initdb. */
    record Initialize(DataId data, Term term) implements ServerAction {}

    /** Take an existing data directory under management, contents untouched: settings, data id, branch. */
    record Adopt(DataId data, Term term) implements ServerAction {}

    /** Start as primary: refused for want of a permit, and for nothing else. Done once it accepts connections. */
    record StartPrimary(@Nullable Timeline timeline) implements ServerAction {}

    /** Create what the first start owes: roles, database, owner, own SQL. Repeatable. */
    record Furnish() implements ServerAction {}

    /**
     * Start as standby; with no source it replays what it has and waits. {@code branches} (the record's history) is
     * written beside the data first. Done once it accepts connections.
     */
    record StartStandby(@Nullable Source source, List<Branch> branches) implements ServerAction {}

    /** Stop the server: CHECKPOINT first when {@code fast}, then as the gate does it. Done once all of it is gone. */
    record Stop(boolean fast, long limitMs) implements ServerAction {

        /** How long a stop may take that no switchover limits. */
        static final long LIMIT_MS = 20_000;
    }

    /** SIGKILL to all of it, frozen or not. Done once all of it is gone. */
    record Kill() implements ServerAction {}

    /**
     * Promote: writes the branch beside the data, then pg_promote. Done once the server left recovery on exactly
     * {@code timeline}; refused when it made another.
     */
    record Promote(Timeline timeline, Term term) implements ServerAction {}

    /** Stream from {@code source}: branches beside the data first, then primary_conninfo and a reload. */
    record Follow(Source source, List<Branch> branches) implements ServerAction {}

    /** Stream from nobody: primary_conninfo emptied and a reload; done once no walreceiver is left. */
    record Detach() implements ServerAction {}

    /** Rewind the stopped directory to {@code source}'s history; then it is complete under a new data id. */
    record Rewind(Source source, DataId data, List<Branch> branches) implements ServerAction {}

    /**
     * Clone {@code source} and move what was there aside, where it is kept until the clone streams; another cluster's is
     * kept for good.
     *
     * @param replaces what the clone was decided on: it is refused when something else lies there
     */
    record Clone(Source source, DataId data, List<Branch> branches, DataFacts replaces) implements ServerAction {}

    /** A clone streams: the directory that was kept aside may go. */
    record Forget() implements ServerAction {}

    /** Find where the WAL of the stopped server ends; the result carries it as position. */
    record FindEnd() implements ServerAction {}

    /**
     * Make what the stopped server wrote from {@code from} to {@code end} durable, and give it to {@code to} alone when
     * it asks, as long as no server runs here. Nothing of it is changed. Failed when the disk does not answer in time.
     */
    record SecureWal(MemberName to, WalPosition from, WalPosition end, long limitMs) implements ServerAction {}

    /**
     * Stream from nobody, and get what {@code source} has secured, from what this running standby holds to {@code end},
     * into its WAL. Done once all of it is durable here and replayed, which is what verifies it; refused when receiving
     * was stopped since it was asked for. One that fails leaves the standby as it was, or stopped, with nothing behind the
     * last whole record; where even that fails its position is not told before it is done.
     *
     * @param from what the standby is known to hold
     */
    record TakeWal(MemberName source, WalPosition from, WalPosition end, long limitMs) implements ServerAction {}

    /** Restart in place, as what it is. */
    record Restart() implements ServerAction {}
}
