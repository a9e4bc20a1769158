/** A cluster to look at and play with, and the exercise that plays with it. */
@NullMarked
package io.pgmahout.tests.demo;

import org.jspecify.annotations.NullMarked;
