/** Members in containers of stock PostgreSQL images, by a Docker engine of the tests' own. */
@NullMarked
package io.pgmahout.tests.images;

import org.jspecify.annotations.NullMarked;
