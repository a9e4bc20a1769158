/** Measures outages beside their floor, the cost of idling, and false alarms under load. */
@NullMarked
package io.pgmahout.tests.bench;

import org.jspecify.annotations.NullMarked;
