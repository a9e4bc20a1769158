package io.pgmahout.fuzz;

import java.util.List;

/**
 * Something that reads what others wrote. Targets are found as services, in the tests of the module that they look at. One
 * thread; one instance for many inputs.
 */
public interface Target {

    /** Bytes that reading any input may take, beside those that grow with it. */
    long ALLOCATION_BYTES = 16L << 20;

    /** A word: the name for the command, and of the directory of the inputs that are kept. */
    String name();

    /** What must hold whatever comes, one sentence. */
    String promise();

    /** Valid inputs, of which others are made. */
    List<byte[]> seeds();

    /** Words of its language, which a mutation may put anywhere. */
    default List<String> words() {
        return List.of();
    }

    /** How many inputs a test tries. */
    default int rehearsals() {
        return 5_000;
    }

    /** Whether coverage of Java code can guide the search for inputs. */
    default boolean guided() {
        return true;
    }

    /** Bytes that reading an input may allocate, what is freed again included. */
    default long allocationBytes(int inputBytes) {
        return ALLOCATION_BYTES + 256L * inputBytes;
    }

    /**
     * Reads an input.
     *
     * @throws Exception if the promise does not hold; an {@link AssertionError} does as well
     */
    void read(byte[] input) throws Exception;

    /** After the last input. */
    default void close() {}
}
