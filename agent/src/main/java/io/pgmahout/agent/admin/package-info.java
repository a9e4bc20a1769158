/** The admin port: status, commands and health checks over HTTP. */
@NullMarked
package io.pgmahout.agent.admin;

import org.jspecify.annotations.NullMarked;
