package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.MemberName;

/**
 * A holder's attempt to give the last of its WAL to a standby that lacks it.
 *
 * @param secured whether that WAL is durable here, so that it may be given away
 * @param offeredMs when it was last offered, −1 before
 */
record Passing(MemberName to, boolean secured, long offeredMs) {

    /** Between two offers, should one be lost. */
    static final long OFFER_EVERY_MS = 100;

    Passing(MemberName to) {
        this(to, false, -1);
    }

    Passing securing() {
        return new Passing(to, true, offeredMs);
    }

    Passing offered(long nowMs) {
        return new Passing(to, secured, nowMs);
    }
}
