package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.Outcome;

/** A step that did not end well, with the reason for people; it holds no password. */
final class ActionFailed extends Exception {

    private static final long serialVersionUID = 1L;

    private final Outcome outcome;

    private ActionFailed(Outcome outcome, String detail) {
        super(detail, null, false, false);
        this.outcome = outcome;
    }

    /** Not done, and trying the same again without a change is pointless. */
    static ActionFailed refused(String detail) {
        return new ActionFailed(Outcome.REFUSED, detail);
    }

    /** Not done, or half. */
    static ActionFailed failed(String detail) {
        return new ActionFailed(Outcome.FAILED, detail);
    }

    /** Not begun, as far as is known; it may be yet. */
    static ActionFailed unknown(String detail) {
        return new ActionFailed(Outcome.UNKNOWN, detail);
    }

    Outcome outcome() {
        return outcome;
    }

    String detail() {
        return String.valueOf(getMessage());
    }
}
