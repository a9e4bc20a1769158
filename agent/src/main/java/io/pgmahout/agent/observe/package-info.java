/** What an operator is told: event log, history of role changes, the catalogue of events. */
@NullMarked
package io.pgmahout.agent.observe;

import org.jspecify.annotations.NullMarked;
