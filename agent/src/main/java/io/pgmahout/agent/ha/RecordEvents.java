package io.pgmahout.agent.ha;

import io.pgmahout.agent.ha.Writes.Pending;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Version;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the store's answers mean for the state. */
final class RecordEvents {

    /** Between two tries while the store does not answer. */
    private static final long RETRY_MS = 200;

    private RecordEvents() {}

    static void read(Turn turn, Event.RecordRead event) {
        if (event.id() != turn.book.readId()) {
            return;
        }
        if (event.outcome() != Outcome.DONE) {
            storeFailed(turn, event.detail());
            turn.book = turn.book.readFailed(turn.nowMs, turn.nowMs + RETRY_MS);
            return;
        }
        if (!turn.book.writesFail()) {
            storeAnswered(turn);
        }
        long sentMs = turn.book.readSentMs();
        boolean unbroken = turn.book.knownUntil(sentMs);
        // A store that shows older versions than before answers every write with a conflict: not to be asked without
        // end.
        turn.book = turn.book.confirmed(sentMs, isOlder(turn, event.stored()) ? turn.nowMs + RETRY_MS : turn.nowMs);
        if (event.stored() == null) {
            if (turn.view().hasRecord() && !turn.book.absent()) {
                turn.log(EventCode.RECORD_GONE, Map.of());
            }
            turn.book = turn.book.absentSeen(turn.nowMs, unbroken);
        } else {
            turn.book = turn.book.present();
            seen(turn, event.stored());
        }
    }

    private static boolean isOlder(Turn turn, @Nullable Stored stored) {
        Stored known = turn.book.known();
        return stored != null && known != null && known.version().newerThan(stored.version());
    }

    /** A version came to be known, by read, watch or write. */
    static void seen(Turn turn, Stored stored) {
        seen(turn, stored, turn.writes.inFlight());
    }

    /** {@code own} is this member's write that was applied just now, or is under way and will be told of. */
    private static void seen(Turn turn, Stored stored, @Nullable Pending own) {
        Stored known = turn.book.known();
        if (known != null && !stored.version().newerThan(known.version())) {
            return;
        }
        boolean leadBefore = turn.view().leads();
        Term termBefore = turn.view().term();
        boolean open = own != null && gave(own, stored);
        boolean settled = turn.writes.unknown().stream().anyMatch(pending -> gave(pending, stored));
        turn.book = turn.book.seen(stored, turn.nowMs);
        if (turn.book.writesFail()) {
            storeAnswered(turn);
        }
        settle(turn, stored);
        View view = turn.view();
        if (!stored.record().term().equals(termBefore)) {
            termChanged(turn);
        }
        if (leadBefore && !view.isHolder()) {
            turn.ending = null;
            turn.writes = new Writes(null, turn.writes.inFlight(), turn.writes.unknown(), -1);
            if (settled) {
                turn.log(
                        EventCode.HANDED_OVER,
                        Map.of("write", "hand-over", "version", stored.version().toString()));
            } else if (!open) {
                Notices.lost(
                        turn,
                        stored.record().holder().memberOrNull(),
                        stored.record().term().toString());
            }
        }
    }

    /** Whether {@code stored} is this write, by which this member gave the term away, or what followed from it. */
    private static boolean gave(Pending pending, Stored stored) {
        return switch (pending.record().holder()) {
            case Holder.Held held -> false;
            case Holder.Named named ->
                pending.id().equals(stored.record().writeId())
                        || named.successor().equals(stored.record().holder().memberOrNull());
            case Holder.Released released -> pending.id().equals(stored.record().writeId());
        };
    }

    /** A newer version says which of the unknown writes, if any, it is; none of the others will be applied. */
    private static void settle(Turn turn, Stored stored) {
        long own = turn.writes.ownSentMs();
        for (Pending pending : turn.writes.unknown()) {
            if (pending.id().equals(stored.record().writeId())) {
                own = Math.max(own, pending.sentMs());
            }
        }
        turn.writes = turn.writes.settled(own);
        Pending prepared = turn.writes.prepared();
        if (prepared != null && !stored.version().equals(prepared.base())) {
            turn.writes = turn.writes.dropPrepared();
        }
    }

    private static void termChanged(Turn turn) {
        View view = turn.view();
        ServerEvents.termChanged(turn);
        turn.pulse = turn.pulse.term(turn.nowMs, turn.pulse.lateMs());
        for (PeerState peer : List.copyOf(turn.peers().values())) {
            turn.peer(new PeerState(
                    peer.peer(),
                    peer.connected(),
                    peer.reset(),
                    peer.heardMs(),
                    peer.report(),
                    peer.reportMs(),
                    View.NEVER,
                    peer.ackMs(),
                    peer.refused().atLeast(view.term()) ? peer.refused() : Term.NONE,
                    peer.position(),
                    peer.shownMs()));
        }
    }

    static void writeEnded(Turn turn, Event.WriteEnded event) {
        Pending pending = turn.writes.inFlight();
        if (pending == null || !pending.id().equals(event.id())) {
            return;
        }
        switch (event.outcome()) {
            case DONE -> {
                Version version = Objects.requireNonNull(event.version());
                if (givenBefore(turn, pending, version)) {
                    failed(
                            turn,
                            "it counts its versions anew from " + version
                                    + ": another store than before, or an emptied one");
                } else {
                    applied(turn, pending, version);
                }
            }
            case REFUSED -> {
                storeAnswered(turn);
                turn.writes = turn.writes.refused();
                turn.book = turn.book.mustRead();
            }
            case FAILED -> failed(turn, event.detail());
            case UNKNOWN -> {
                turn.writes = turn.writes.forget(pending);
                storeFailed(turn, event.detail());
                turn.book = turn.book.writeFailed(turn.nowMs, turn.nowMs + RETRY_MS);
            }
        }
    }

    private static void failed(Turn turn, @Nullable String detail) {
        turn.writes = turn.writes.refused();
        storeFailed(turn, detail);
        turn.book = turn.book.writeFailed(turn.nowMs, turn.nowMs + RETRY_MS);
    }

    /** A record made anew where the versions are older ones: the others may still be shown the former one, elsewhere. */
    private static boolean givenBefore(Turn turn, Pending pending, Version version) {
        Stored known = turn.book.known();
        return pending.base() == null && turn.book.absent() && known != null && !version.newerThan(known.version());
    }

    private static void applied(Turn turn, Pending pending, Version version) {
        storeAnswered(turn);
        View before = turn.view();
        boolean ledBefore = before.leads();
        List<MemberName> unseen = ledBefore ? List.of() : Takeover.overlooked(before, pending.purpose());
        Map<String, String> leftOut = ledBefore || !before.identified() ? null : Salvage.leftOut(before);
        turn.writes = turn.writes.applied(Math.max(turn.writes.ownSentMs(), pending.sentMs()));
        turn.book = turn.book.confirmed(pending.sentMs(), turn.nowMs);
        seen(turn, new Stored(version, pending.record()), pending);
        View view = turn.view();
        if (!view.isHolder()) {
            turn.writes = new Writes(null, null, List.of(), -1);
            turn.ending = null;
        } else if (!ledBefore) {
            turn.pulse = turn.pulse.term(turn.nowMs, -1);
        }
        if (!pending.purpose().equals("renew")) {
            turn.log(
                    event(pending, ledBefore, view), Map.of("write", pending.purpose(), "version", version.toString()));
        }
        if (!ledBefore && view.isHolder()) {
            if (begins(pending) && Reforming.ofCluster(before) && FormedAgain.isFormedAgain(view)) {
                Notices.formedAgain(turn, before);
            }
            Notices.unseen(turn, unseen);
            if (leftOut != null) {
                turn.log(EventCode.WAL_LEFT_OUT, leftOut);
            }
        }
        commands(turn, pending);
    }

    /** An attempt to form the cluster; a new agent that goes on with one is none. */
    private static boolean begins(Pending pending) {
        return pending.purpose().equals("form") || pending.purpose().equals("take over: dead bootstrap");
    }

    private static EventCode event(Pending pending, boolean ledBefore, View view) {
        return switch (pending.purpose()) {
            case "re-affirm" -> EventCode.REAFFIRMED;
            case "make anew" -> EventCode.RECORD_REMADE;
            case "hand-over", "release" -> EventCode.HANDED_OVER;
            case "list" -> EventCode.MEMBER_LISTED;
            case "drop" -> EventCode.MEMBER_DROPPED;
            case "pause" -> EventCode.PAUSED;
            case "resume automatic actions" -> EventCode.RESUMED;
            case "switchover" -> EventCode.SWITCHOVER_STARTED;
            case "give up switchover" -> EventCode.SWITCHOVER_GIVEN_UP;
            // A new agent beside the server that led before: nobody took over.
            case "resume" -> EventCode.RECORD_CHANGED;
            default -> !ledBefore && view.isHolder() ? EventCode.TERM_TAKEN : EventCode.RECORD_CHANGED;
        };
    }

    private static void commands(Turn turn, Pending pending) {
        for (Asked asked : turn.asked()) {
            command(turn, asked, pending.purpose());
        }
    }

    private static void command(Turn turn, Asked asked, String purpose) {
        Command command = asked.command();
        if (command instanceof Command.Pause && purpose.equals("pause")) {
            turn.answer(asked, Outcome.DONE, "paused");
        } else if (command instanceof Command.Resume && purpose.equals("resume automatic actions")) {
            turn.answer(asked, Outcome.DONE, "resumed");
        } else if (command instanceof Command.Switchover && purpose.equals("switchover")) {
            turn.begun(asked);
        } else if (command instanceof Command.Switchover && purpose.equals("give up switchover")) {
            turn.answer(
                    asked,
                    Outcome.FAILED,
                    "given up: no fit member had all of the WAL in time; this member remains the primary");
        }
    }

    private static void storeFailed(Turn turn, @Nullable String detail) {
        if (turn.book.lostMs() < 0) {
            turn.log(EventCode.STORE_LOST, Map.of("detail", String.valueOf(detail)));
        }
    }

    private static void storeAnswered(Turn turn) {
        if (turn.book.lostMs() >= 0) {
            turn.log(EventCode.STORE_BACK, Map.of("awayMs", Long.toString(turn.nowMs - turn.book.lostMs())));
            turn.book = turn.book.written();
        }
    }
}
