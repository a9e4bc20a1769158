/**
 * The core: what one member decides, as a function of what it was told. No I/O, no clock, no thread, no random
 * number, so that whole clusters of real cores run in a simulator. Enforced by a test of the architecture.
 */
@NullMarked
package io.pgmahout.agent.ha;

import org.jspecify.annotations.NullMarked;
