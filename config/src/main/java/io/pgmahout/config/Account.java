package io.pgmahout.config;

import java.util.Optional;

/** A role of the PostgreSQL server that the agent uses, with its password if there is one. */
public record Account(String name, Optional<Secret> password) {}
