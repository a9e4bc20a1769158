/** The core's messages on the wire, what a member remembers of its votes, and the second look. */
@NullMarked
package io.pgmahout.agent.gossip;

import org.jspecify.annotations.NullMarked;
