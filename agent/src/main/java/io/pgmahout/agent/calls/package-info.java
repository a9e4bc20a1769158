/** Calls to what is not ours: how long they may take, from when on they cannot be taken back, what came as an answer. */
@NullMarked
package io.pgmahout.agent.calls;

import org.jspecify.annotations.NullMarked;
