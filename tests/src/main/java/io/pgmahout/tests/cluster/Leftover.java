package io.pgmahout.tests.cluster;

/** Something that must not outlive this process: see {@link Leftovers}. */
interface Leftover extends AutoCloseable {

    /** Ends and deletes it; a second call does nothing. */
    @Override
    void close();
}
