/** The way to the API server of a Kubernetes: who we are, calls with a deadline, watches. What is asked is others' matter. */
@NullMarked
package io.pgmahout.agent.kubernetes;

import org.jspecify.annotations.NullMarked;
