/** Integration, simulation and benchmark suites. */
@NullMarked
package io.pgmahout.tests;

import org.jspecify.annotations.NullMarked;
