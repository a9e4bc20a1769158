/**
 * Hostile input, made from valid input: what reads what others wrote is a {@link io.pgmahout.fuzz.Target}, which says what
 * must hold whatever comes. The tests of each module try its targets for seconds, {@code pgmahout fuzz} for minutes.
 */
@NullMarked
package io.pgmahout.fuzz;

import org.jspecify.annotations.NullMarked;
