/** The pgmahout protocol module. */
@NullMarked
package io.pgmahout.protocol;

import org.jspecify.annotations.NullMarked;
