package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Stored;
import org.jspecify.annotations.Nullable;

/**
 * What a member knows of the record.
 *
 * @param known the newest version seen, null before the first
 * @param absentMs since when reads find none, −1 while there is one, or before the first
 * @param changedMs when a change of term, holder or renewal was first seen here
 * @param heldMs when the present holder in its term was first seen here
 * @param confirmedMs when the last read that succeeded, or write that was applied, was sent; −1 before
 * @param readId of the read under way, 0 for none
 * @param readSentMs when that was sent
 * @param stale whether something was heard that only a read can settle
 * @param retryMs no read before this
 * @param lostMs since when the store does not answer, or does not write, −1 while it does
 * @param writesFail whether that is known of a write: reads that are answered do not end it
 */
record RecordBook(
        @Nullable Stored known,
        long absentMs,
        long changedMs,
        long heldMs,
        long confirmedMs,
        long readId,
        long readSentMs,
        boolean stale,
        long retryMs,
        long lostMs,
        boolean writesFail) {

    private static final long POLL_MS = 5_000;
    private static final long POLL_ABSENT_MS = 1_000;

    static final RecordBook EMPTY = new RecordBook(null, -1, 0, 0, -1, 0, 0, true, 0, -1, false);

    /** The record is read this often behind the watch; oftener while there is none. */
    long pollMs() {
        return absent() || known == null ? POLL_ABSENT_MS : POLL_MS;
    }

    /** A version was seen; older ones than known change nothing. */
    RecordBook seen(Stored stored, long nowMs) {
        if (known != null && !stored.version().newerThan(known.version())) {
            return this;
        }
        boolean alive = known == null || !known.record().sameLife(stored.record());
        boolean another = known == null
                || !known.record().term().equals(stored.record().term())
                || !known.record().holder().equals(stored.record().holder());
        return new RecordBook(
                stored,
                -1,
                alive ? nowMs : changedMs,
                another ? nowMs : heldMs,
                confirmedMs,
                readId,
                readSentMs,
                stale,
                retryMs,
                lostMs,
                writesFail);
    }

    /** The last read found none; what was known before has been removed. */
    boolean absent() {
        return absentMs >= 0;
    }

    /** Whether the store was asked so lately that nobody has led and renewed by what was in it meanwhile. */
    boolean knownUntil(long ms) {
        return ms - confirmedMs <= POLL_MS;
    }

    /** @param unbroken whether it was asked often enough since the last read that found none */
    RecordBook absentSeen(long nowMs, boolean unbroken) {
        long since = absent() && unbroken ? absentMs : nowMs;
        return new RecordBook(
                known, since, changedMs, heldMs, confirmedMs, readId, readSentMs, stale, retryMs, lostMs, writesFail);
    }

    /** A read found one, be it the known one again. */
    RecordBook present() {
        return new RecordBook(
                known, -1, changedMs, heldMs, confirmedMs, readId, readSentMs, stale, retryMs, lostMs, writesFail);
    }

    RecordBook reading(long id, long nowMs) {
        return new RecordBook(
                known, absentMs, changedMs, heldMs, confirmedMs, id, nowMs, stale, retryMs, lostMs, writesFail);
    }

    /** The store answered what was sent at {@code sentMs}. */
    RecordBook confirmed(long sentMs, long retryMs) {
        long confirmed = Math.max(confirmedMs, sentMs);
        long lost = writesFail ? lostMs : -1;
        return new RecordBook(known, absentMs, changedMs, heldMs, confirmed, 0, 0, false, retryMs, lost, writesFail);
    }

    RecordBook readFailed(long nowMs, long retryMs) {
        long lost = lostMs < 0 ? nowMs : lostMs;
        return new RecordBook(known, absentMs, changedMs, heldMs, confirmedMs, 0, 0, stale, retryMs, lost, writesFail);
    }

    RecordBook writeFailed(long nowMs, long retryMs) {
        long lost = lostMs < 0 ? nowMs : lostMs;
        return new RecordBook(known, absentMs, changedMs, heldMs, confirmedMs, 0, 0, true, retryMs, lost, true);
    }

    /** The store writes, for this member or for another. */
    RecordBook written() {
        return new RecordBook(
                known, absentMs, changedMs, heldMs, confirmedMs, readId, readSentMs, stale, retryMs, -1, false);
    }

    RecordBook mustRead() {
        return new RecordBook(
                known, absentMs, changedMs, heldMs, confirmedMs, readId, readSentMs, true, retryMs, lostMs, writesFail);
    }
}
