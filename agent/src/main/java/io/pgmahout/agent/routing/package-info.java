/** Makes clients follow the primary. */
@NullMarked
package io.pgmahout.agent.routing;

import org.jspecify.annotations.NullMarked;
