package io.pgmahout.config;

import java.nio.file.Path;

/**
 * Who this member is. {@code stateDirectory} holds the voter id and the promises and must survive restarts of
 * the machine; {@code runDirectory} is shared with the gate and need not.
 */
public record MemberSettings(String name, int priority, boolean nofailover, Path stateDirectory, Path runDirectory) {}
