/**
 * The words of the domain: values that every other package speaks in. Nothing here does I/O, reads a clock or
 * draws a random number.
 */
@NullMarked
package io.pgmahout.agent.model;

import org.jspecify.annotations.NullMarked;
