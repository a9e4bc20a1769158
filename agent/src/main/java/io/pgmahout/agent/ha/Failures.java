package io.pgmahout.agent.ha;

/**
 * What failed in a row, so that the next rung of the ladder is tried and nothing is retried in a hurry.
 *
 * @param starts of this member's server
 * @param untried starts that the gate did not get to: it was busy, or not heard of again
 * @param formings initdbs that failed
 * @param rewinds since the last one that worked
 * @param walGone the primary no longer has the WAL this standby needs
 * @param retryMs no action of the kind that failed before this
 */
record Failures(int starts, int untried, int formings, int rewinds, boolean walGone, long retryMs) {

    static final Failures NONE = new Failures(0, 0, 0, 0, false, 0);
    private static final long PAUSE_MS = 1_000;

    /** A start that fails so often is not tried again before the others were asked. */
    private static final int STARTS = 2;

    /** So many in a row, a second apart at least, and the server is given up like one that does not start. */
    private static final int UNTRIED = 10;

    /** Another member's disk may be better. */
    private static final int FORMINGS = 3;

    boolean unstartable() {
        return starts >= STARTS;
    }

    /** Whether nothing shows that the server would not start, but nothing comes of it either. */
    boolean untriable() {
        return untried >= UNTRIED;
    }

    boolean formingFails() {
        return formings >= FORMINGS;
    }

    Failures after(ServerAction action, Outcome outcome, long nowMs) {
        boolean failed = outcome != Outcome.DONE;
        long retry = failed ? nowMs + PAUSE_MS : 0;
        return switch (action) {
            case ServerAction.StartPrimary start -> started(outcome).retry(retry);
            case ServerAction.StartStandby start ->
                started(outcome == Outcome.REFUSED ? Outcome.FAILED : outcome).retry(retry);
            case ServerAction.Rewind rewind ->
                new Failures(starts, untried, formings, failed ? rewinds + 1 : 0, failed && walGone, retry);
            case ServerAction.Clone clone -> failed ? retry(retry) : NONE;
            case ServerAction.Promote promote ->
                new Failures(starts, untried, formings, rewinds, failed && walGone, retry);
            case ServerAction.Initialize initialize ->
                new Failures(starts, untried, outcome == Outcome.FAILED ? formings + 1 : 0, rewinds, walGone, retry);
            case ServerAction.Adopt adopt -> retry(retry);
            case ServerAction.Furnish furnish -> retry(retry);
            case ServerAction.Follow follow -> retry(retry);
            case ServerAction.Detach detach -> retry(retry);
            case ServerAction.Restart restart -> retry(retry);
            case ServerAction.Inspect inspect -> retry(retry);
            case ServerAction.Stop stop -> retry(0);
            case ServerAction.Kill kill -> retry(0);
            case ServerAction.FindEnd find -> retry(0);
            case ServerAction.SecureWal secure -> retry(0);
            case ServerAction.TakeWal take -> retry(0);
            case ServerAction.Forget forget -> retry(0);
        };
    }

    /** A start that the gate refused for want of a permit says nothing about the server. */
    private Failures started(Outcome outcome) {
        return switch (outcome) {
            case DONE -> runs();
            case FAILED -> new Failures(starts + 1, untried, formings, rewinds, walGone, retryMs);
            case UNKNOWN -> new Failures(starts, untried + 1, formings, rewinds, walGone, retryMs);
            case REFUSED -> this;
        };
    }

    /** What did not come about, and is nobody's failure, is tried again in a second. */
    Failures pause(long nowMs) {
        return retry(nowMs + PAUSE_MS);
    }

    private Failures retry(long atMs) {
        return new Failures(starts, untried, formings, rewinds, walGone, atMs);
    }

    /** The server answers, whatever was heard of the command that started it. */
    Failures runs() {
        return new Failures(0, 0, formings, rewinds, walGone, retryMs);
    }

    /** Another gate may start what this one could not. */
    Failures anotherGate() {
        return new Failures(0, 0, 0, rewinds, walGone, retryMs);
    }

    Failures walIsGone() {
        return new Failures(starts, untried, formings, rewinds, true, retryMs);
    }
}
