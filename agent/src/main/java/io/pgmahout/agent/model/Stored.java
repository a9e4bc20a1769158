package io.pgmahout.agent.model;

/** A record as a store holds it. */
public record Stored(Version version, ClusterRecord record) {}
