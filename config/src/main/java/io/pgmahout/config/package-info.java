/** The pgmahout config module. */
@NullMarked
package io.pgmahout.config;

import org.jspecify.annotations.NullMarked;
