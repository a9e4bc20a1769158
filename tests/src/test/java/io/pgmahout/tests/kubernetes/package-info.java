/** The chart as Helm renders it, and as it runs on a real Kubernetes of three nodes. */
@NullMarked
package io.pgmahout.tests.kubernetes;

import org.jspecify.annotations.NullMarked;
