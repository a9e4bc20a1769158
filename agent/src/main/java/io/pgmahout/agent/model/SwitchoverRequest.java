package io.pgmahout.agent.model;

import org.jspecify.annotations.Nullable;

/**
 * An operator's wish that another member leads, kept in the record until it is done or given up.
 *
 * @param id names the request to whoever follows it
 * @param target the member that shall lead; null for the best one
 */
public record SwitchoverRequest(String id, @Nullable MemberName target) {}
