package io.pgmahout.tests.sim;

/** An invariant does not hold. Ends the world. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final String invariant;

    /** @param invariant its short name, the same for every seed that breaks it */
    Violation(String invariant, String detail) {
        super(invariant + ": " + detail);
        this.invariant = invariant;
    }

    String invariant() {
        return invariant;
    }
}
