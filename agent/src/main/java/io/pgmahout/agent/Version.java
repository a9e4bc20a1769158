package io.pgmahout.agent;

/** Which pgmahout this is. */
public final class Version {

    private Version() {}

    /** As the jar's manifest has it. */
    public static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "unpackaged" : version;
    }
}
