/** What an operator installs: units, their hardening, and the configuration they are shown with. */
@NullMarked
package io.pgmahout.tests.systemd;

import org.jspecify.annotations.NullMarked;
