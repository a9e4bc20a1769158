package io.pgmahout.protocol;

/**
 * What a transport has counted since it started. Numbers only grow.
 *
 * @param accepted TCP connections accepted
 * @param dialed TCP connections attempted
 * @param established connections whose hellos both sides accepted
 * @param superseded connections given up for a newer one to the same peer
 * @param refused connections refused by either side before they were established
 * @param badData connections closed because of bytes that are not messages
 * @param evicted unauthenticated connections closed to make room
 * @param unknown messages ignored because no body of theirs is known here
 * @param replaced messages that a newer one of the same kind replaced before they were sent
 * @param dropped messages that an outbox had no room for
 */
public record TransportCounters(
        long accepted,
        long dialed,
        long established,
        long superseded,
        long refused,
        long badData,
        long evicted,
        long unknown,
        long replaced,
        long dropped) {}
