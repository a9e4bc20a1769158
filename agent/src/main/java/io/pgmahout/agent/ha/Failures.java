package io.pgmahout.agent.ha;

/**
 * What failed in a row, so that the next rung of the ladder is tried and nothing is retried in a hurry.
 *
 * @param starts of this member's server
 * @param rewinds since the last one that worked
 * @param walGone the primary no longer has the WAL this standby needs
 * @param retryMs no action of the kind that failed before this
 */
record Failures(int starts, int rewinds, boolean walGone, long retryMs) {

    static final Failures NONE = new Failures(0, 0, false, 0);
    private static final long PAUSE_MS = 1_000;

    /** A start that fails so often is not tried again before the others were asked. */
    private static final int STARTS = 2;

    boolean unstartable() {
        return starts >= STARTS;
    }

    Failures after(ServerAction action, Outcome outcome, long nowMs) {
        boolean failed = outcome != Outcome.DONE;
        long retry = failed ? nowMs + PAUSE_MS : 0;
        return switch (action) {
            case ServerAction.StartPrimary start -> new Failures(startsAfter(outcome), rewinds, walGone, retry);
            case ServerAction.StartStandby start -> new Failures(failed ? starts + 1 : 0, rewinds, walGone, retry);
            case ServerAction.Rewind rewind -> new Failures(starts, failed ? rewinds + 1 : 0, failed && walGone, retry);
            case ServerAction.Clone clone -> failed ? new Failures(starts, rewinds, walGone, retry) : NONE;
            case ServerAction.Promote promote -> new Failures(starts, rewinds, failed && walGone, retry);
            case ServerAction.Initialize initialize -> new Failures(starts, rewinds, walGone, retry);
            case ServerAction.Adopt adopt -> new Failures(starts, rewinds, walGone, retry);
            case ServerAction.Furnish furnish -> new Failures(starts, rewinds, walGone, retry);
            case ServerAction.Follow follow -> new Failures(starts, rewinds, walGone, retry);
            case ServerAction.Detach detach -> new Failures(starts, rewinds, walGone, retry);
            case ServerAction.Restart restart -> new Failures(starts, rewinds, walGone, retry);
            case ServerAction.Inspect inspect -> new Failures(starts, rewinds, walGone, retry);
            case ServerAction.Stop stop -> new Failures(starts, rewinds, walGone, 0);
            case ServerAction.Kill kill -> new Failures(starts, rewinds, walGone, 0);
            case ServerAction.FindEnd find -> new Failures(starts, rewinds, walGone, 0);
            case ServerAction.Forget forget -> new Failures(starts, rewinds, walGone, 0);
        };
    }

    /** A start that the gate refused for want of a permit says nothing about the server. */
    private int startsAfter(Outcome outcome) {
        return switch (outcome) {
            case DONE -> 0;
            case FAILED -> starts + 1;
            case REFUSED, UNKNOWN -> starts;
        };
    }

    /** Another gate may start what this one could not. */
    Failures anotherGate() {
        return new Failures(0, rewinds, walGone, retryMs);
    }

    Failures walIsGone() {
        return new Failures(starts, rewinds, true, retryMs);
    }
}
