/** Whole clusters of real agents, gates and servers on this machine, for the demo, the benchmark and tests. */
@NullMarked
package io.pgmahout.tests.cluster;

import org.jspecify.annotations.NullMarked;
