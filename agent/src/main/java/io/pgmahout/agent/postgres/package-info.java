/**
 * One member's own server: the gate's client, the probe, and everything that is done to the data directory. Carries
 * out {@link io.pgmahout.agent.ha.ServerAction}s and tells what it sees as {@link io.pgmahout.agent.ha.Event}s; it
 * decides nothing.
 */
@NullMarked
package io.pgmahout.agent.postgres;

import org.jspecify.annotations.NullMarked;
