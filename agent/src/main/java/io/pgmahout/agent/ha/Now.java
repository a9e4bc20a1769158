package io.pgmahout.agent.ha;

/**
 * The time of an event.
 *
 * @param ms this machine's CLOCK_BOOTTIME in milliseconds, as /proc/uptime shows it, so in steps of 10; never
 *     compared with another machine's
 */
public record Now(long ms) {}
