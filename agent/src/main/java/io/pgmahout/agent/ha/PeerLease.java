package io.pgmahout.agent.ha;

/** How much longer the acknowledgements of a majority let the holder write under QUORUM. */
final class PeerLease {

    private PeerLease() {}

    /** So late that a write may just still be through before the permit ends. */
    static boolean ends(View view) {
        long settle = view.state.pulse().sinceMs() + 2 * view.tuning().heartbeatMs();
        long ends = view.peerLeaseMs(view.record());
        return !view.before(settle) && !view.before(ends - view.tuning().peerLeaseMs() * 45 / 100);
    }

    /** So long that the record may say QUORUM. */
    static boolean lasts(View view) {
        return view.peerLeaseMs(view.record()) > view.nowMs + view.tuning().peerLeaseMs() * 60 / 100;
    }
}
