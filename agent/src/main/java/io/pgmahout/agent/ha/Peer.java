package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Incarnation;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.VoterId;

/** Who sent a message, from the hello of its connection. */
public record Peer(MemberName name, VoterId voter, Incarnation incarnation) {}
