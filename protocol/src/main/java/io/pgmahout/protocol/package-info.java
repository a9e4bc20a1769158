/**
 * The gossip between agents: length-prefixed Protocol Buffers over TCP, with mutual TLS, one connection for
 * each pair of members.
 *
 * <p>{@link io.pgmahout.protocol.GossipTransport} is the way in; {@link io.pgmahout.protocol.Certificates} makes what
 * its TLS needs. The messages are generated into {@code io.pgmahout.protocol.v1}. This module says how messages
 * travel and between whom; what they mean is decided elsewhere.
 */
@NullMarked
package io.pgmahout.protocol;

import org.jspecify.annotations.NullMarked;
