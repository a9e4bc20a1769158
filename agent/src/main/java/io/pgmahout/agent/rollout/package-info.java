/** Brings the pods of a StatefulSet to its newest template: standbys first, then a hand-over, then the old primary. */
@NullMarked
package io.pgmahout.agent.rollout;

import org.jspecify.annotations.NullMarked;
