package io.pgmahout.agent.model;

/** A voting member as the record lists it. */
public record Voter(VoterId id, MemberName member) {}
