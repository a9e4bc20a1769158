/** The gate as its agent sees it: a real {@code pgmahout-gate} over a real PostgreSQL. */
@NullMarked
package io.pgmahout.tests.gate;

import org.jspecify.annotations.NullMarked;
