/** Where the record lives: the {@code ClusterStore} interface, the record's JSON, and one adapter per store. */
@NullMarked
package io.pgmahout.agent.cluster;

import org.jspecify.annotations.NullMarked;
