package io.pgmahout.fuzz;

/** What Jazzer calls: the target that the property {@value #TARGET} names. */
public final class Guided {

    static final String TARGET = "pgmahout.fuzz.target";

    private static final Target CHOSEN = Rehearsal.targets().stream()
            .filter(target -> target.name().equals(System.getProperty(TARGET)))
            .findFirst()
            .orElseThrow();

    private Guided() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        Trial.of(CHOSEN, input);
    }
}
