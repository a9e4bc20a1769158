/** The pgmahout agent module. */
@NullMarked
package io.pgmahout.agent;

import org.jspecify.annotations.NullMarked;
