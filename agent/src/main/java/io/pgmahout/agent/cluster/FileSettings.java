package io.pgmahout.agent.cluster;

import java.nio.file.Path;

/**
 * One file on this host, for clusters whose members all run on it.
 *
 * @param file where the record lies; a lock and a temporary file stand beside it
 */
public record FileSettings(Path file) implements StoreSettings {}
