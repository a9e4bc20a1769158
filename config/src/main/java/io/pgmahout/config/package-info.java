/**
 * Typed settings of one member: defaults, one YAML file, the environment and the command line, in that
 * order, read once into immutable records. {@link Configuration#load} is the way in.
 */
@NullMarked
package io.pgmahout.config;

import org.jspecify.annotations.NullMarked;
