/** The command line: a client of the admin port, and the doors to what runs without one. */
@NullMarked
package io.pgmahout.agent.cli;

import org.jspecify.annotations.NullMarked;
