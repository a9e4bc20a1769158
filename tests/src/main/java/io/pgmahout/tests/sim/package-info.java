/**
 * Whole clusters of real cores in virtual time: machines, clocks, gates, servers, network and store are modelled,
 * one thread, everything drawn from one seed (docs/simulator.md).
 */
@NullMarked
package io.pgmahout.tests.sim;

import org.jspecify.annotations.NullMarked;
