package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.Version;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a core wants done. Effects of one step are begun in their order; those that must be durable before another
 * carry the other with them.
 */
public sealed interface Effect {

    /** Compare-and-set, with the write id of {@code record}; ended by {@link Event.WriteEnded}. */
    record CompareAndSet(@Nullable Version base, ClusterRecord record) implements Effect {}

    /** Ended by {@link Event.RecordRead}. */
    record ReadRecord(long id) implements Effect {}

    record Send(MemberName to, Message message) implements Effect {}

    /** Writes and fsyncs the voter file, and only then sends; ended by {@link Event.Persisted}. */
    record Persist(VoterFile file, List<Send> then) implements Effect {
        public Persist {
            then = List.copyOf(then);
        }
    }

    /**
     * Tells the gate how long its server may be writable.
     *
     * @param deadlineMs on this machine's clock, rounded down; 0 for not at all
     * @param timeline the one a promotion under way makes; null when none is
     * @param seq what {@link GateFacts#seq()} reaches once it is in force; told back at once when {@code confirm}
     */
    record SetPermit(long deadlineMs, @Nullable Timeline timeline, long seq, boolean confirm) implements Effect {}

    /** Ended by {@link Event.ActionEnded}. */
    record Act(long id, ServerAction action) implements Effect {}

    /**
     * Empties primary_conninfo in the file, reloads, waits until the walreceiver is gone, then reads what is held;
     * ended by {@link Event.Withdrawn}. Runs beside an {@link Act}.
     */
    record Withdraw(long id) implements Effect {}

    /** Probe the server now, not at its next turn. */
    record ProbeNow() implements Effect {}

    /** Opens and closes a TCP connection to a postgres port; ended by {@link Event.Looked}. */
    record LookAt(MemberName member, String address) implements Effect {}

    /**
     * Makes clients follow: this member is {@code role} as of {@code term}.
     *
     * @param promoting whether its server is still on the way to it: then clients are led here already, and whatever
     *     else tells of the role waits
     */
    record Route(MemberReport.Role role, Term term, boolean promoting) implements Effect {}

    /**
     * Physical slots this server keeps, by member, and how far each may be advanced (null: not at all).
     *
     * @param dropOthers whether slots of members that are not named may go
     */
    record KeepSlots(Map<MemberName, Slot> slots, boolean dropOthers) implements Effect {
        public KeepSlots {
            slots = Map.copyOf(slots);
        }

        /**
         * A member's slot.
         *
         * @param replayed how far the member has replayed, or null when not known
         */
        public record Slot(@Nullable Lsn replayed) {}
    }

    record Log(Notice notice) implements Effect {}

    record Progress(String command, String text) implements Effect {}

    record Answer(String command, Outcome outcome, String text) implements Effect {}

    /** Ends the agent; the gate and its permit stay. */
    record Exit(String reason) implements Effect {}
}
