package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.WalPosition;
import org.jspecify.annotations.Nullable;

/**
 * Another member as seen from here.
 *
 * @param reset whether the connection that is gone was closed by a living machine
 * @param heardMs when its last message, or the end of its connection, came
 * @param report the last it told of itself, also over a former connection: good for its addresses
 * @param reportMs when, −1 for over a former connection
 * @param ackUntilMs until when its acknowledgements count: send time + G of the best heartbeat it acknowledged
 * @param ackMs when the last acknowledgement came, −1 for never
 * @param refused the greatest term it said it promised against, none if it did not
 * @param position the last it told
 * @param shownMs since when it has told a position over this connection, −1 before
 */
record PeerState(
        Peer peer,
        boolean connected,
        boolean reset,
        long heardMs,
        @Nullable MemberReport report,
        long reportMs,
        long ackUntilMs,
        long ackMs,
        Term refused,
        @Nullable WalPosition position,
        long shownMs) {

    static PeerState of(Peer peer, long nowMs) {
        return new PeerState(peer, true, false, nowMs, null, -1, View.NEVER, -1, Term.NONE, null, -1);
    }

    /** No candidate until it tells anew: where it stood may be another agent's word, or of other data. */
    PeerState connected(Peer now, long nowMs) {
        boolean sameVoter = peer.voter().equals(now.voter());
        return new PeerState(
                now,
                true,
                false,
                nowMs,
                report,
                -1,
                sameVoter ? ackUntilMs : View.NEVER,
                sameVoter ? ackMs : -1,
                sameVoter ? refused : Term.NONE,
                null,
                -1);
    }

    /** What it told of itself over this connection: another agent, or other data, may be behind a new one. */
    @Nullable
    MemberReport currentReport() {
        return reportMs < 0 ? null : report;
    }

    PeerState disconnected(boolean byReset, long nowMs) {
        return new PeerState(
                peer, false, byReset, nowMs, report, reportMs, ackUntilMs, ackMs, refused, position, shownMs);
    }

    PeerState heard(long nowMs) {
        return new PeerState(
                peer, connected, reset, nowMs, report, reportMs, ackUntilMs, ackMs, refused, position, shownMs);
    }

    PeerState reported(MemberReport now, long nowMs) {
        return new PeerState(
                peer,
                connected,
                reset,
                nowMs,
                now,
                nowMs,
                ackUntilMs,
                ackMs,
                refused,
                now.position(),
                shownMs(now.position(), nowMs));
    }

    PeerState acknowledged(long untilMs, @Nullable WalPosition held, long nowMs) {
        return new PeerState(
                peer,
                connected,
                reset,
                nowMs,
                report,
                reportMs,
                Math.max(ackUntilMs, untilMs),
                nowMs,
                refused,
                held != null ? held : position,
                held != null ? shownMs(held, nowMs) : shownMs);
    }

    PeerState refused(Term promised, long nowMs) {
        return new PeerState(
                peer, connected, reset, nowMs, report, reportMs, ackUntilMs, ackMs, promised, position, shownMs);
    }

    private long shownMs(@Nullable WalPosition now, long nowMs) {
        if (now == null) {
            return -1;
        }
        return shownMs < 0 ? nowMs : shownMs;
    }
}
