package io.pgmahout.config;

import java.time.Duration;
import java.util.Optional;

/** How a member copies the primary: the limit for the whole clone, and bytes per second if it is to be throttled. */
public record RebuildSettings(Duration cloneTimeout, Optional<DataSize> maxRate) {}
