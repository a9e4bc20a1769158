package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.Version;
import io.pgmahout.agent.model.WalPosition;
import io.pgmahout.agent.model.WriteId;
import org.jspecify.annotations.Nullable;

/** Everything that can happen to a core. */
public sealed interface Event {

    /** The wake-up that the last step asked for, or one for nothing. */
    record Tick() implements Event {}

    record Received(Peer from, Message message) implements Event {}

    /** A gossip connection to a member is up. */
    record Connected(Peer peer) implements Event {}

    /**
     * The gossip connection to a member ended.
     *
     * @param reset its machine answered that nobody listens any more or closed the connection, so the machine
     *     lives; false when it was silent
     */
    record Disconnected(MemberName member, boolean reset) implements Event {}

    /** Answers {@link Effect.ReadRecord}; {@code stored} null and outcome DONE: there is no record. */
    record RecordRead(long id, Outcome outcome, @Nullable Stored stored, String detail) implements Event {}

    /** The store's watch showed a version. */
    record RecordSeen(Stored stored) implements Event {}

    /**
     * Answers {@link Effect.CompareAndSet}: REFUSED when another version is stored, FAILED when the store will not or
     * was not reached; neither was applied nor ever will be.
     */
    record WriteEnded(WriteId id, Outcome outcome, @Nullable Version version, String detail) implements Event {}

    record GateReported(GateFacts gate) implements Event {}

    /** The server was asked at {@code askedMs}, and answered. */
    record Probed(ServerFacts server, long askedMs) implements Event {}

    /** A probe had no answer, or the connection that is kept open ended. */
    record ProbeFailed(long launch, String detail) implements Event {}

    /**
     * Answers {@link Effect.Act}.
     *
     * @param data the data directory afterwards; null when it could not be looked at
     * @param position what {@link ServerAction.FindEnd} found
     */
    record ActionEnded(
            long id,
            Outcome outcome,
            String detail,
            @Nullable DataFacts data,
            @Nullable WalPosition position) implements Event {}

    /**
     * Answers {@link Effect.Withdraw}: DONE means that primary_conninfo is empty in the file, no walreceiver is
     * left, and all of this was read after that (null where it cannot be known; {@code server} where none runs). Where no
     * server runs and the data directory is no standby's, there is neither, nor a position: DONE, and nothing was written.
     */
    record Withdrawn(
            long id,
            Outcome outcome,
            @Nullable WalPosition position,
            @Nullable Timeline nextTimeline,
            @Nullable DataId data,
            @Nullable ServerFacts server)
            implements Event {}

    record Persisted(VoterFile file, Outcome outcome) implements Event {}

    /** Answers {@link Effect.LookAt}. */
    record Looked(MemberName member, boolean answered) implements Event {}

    /** The configuration was read again. */
    record Reconfigured(int priority, boolean nofailover, Tuning tuning) implements Event {}

    record Commanded(Command command) implements Event {}
}
