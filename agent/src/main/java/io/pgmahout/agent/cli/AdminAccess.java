package io.pgmahout.agent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which agent is asked, and how. */
public final class AdminAccess {

    /** Variables of the environment that are the command line's own, and no settings of an agent. */
    public static final Set<String> VARIABLES = Set.of("PGMAHOUT_ADMIN", "PGMAHOUT_TOKEN_FILE", "PGMAHOUT_CA_FILE");

    @Option(
            names = "--admin",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:PGMAHOUT_ADMIN:-127.0.0.1:8008}",
            description = "An agent's admin port ($PGMAHOUT_ADMIN, else 127.0.0.1:8008).")
    @SuppressWarnings("NullAway.Init")
    private String admin;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            defaultValue = "${env:PGMAHOUT_TOKEN_FILE}",
            description = "File with the admin port's token ($PGMAHOUT_TOKEN_FILE).")
    private @Nullable Path tokenFile;

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            defaultValue = "${env:PGMAHOUT_CA_FILE}",
            description = "PEM file with the authority of the agents' certificates; asks by HTTPS ($PGMAHOUT_CA_FILE).")
    private @Nullable Path caFile;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long one request may take (${DEFAULT-VALUE}).")
    private int timeoutSeconds;

    AdminClient client() {
        if (timeoutSeconds < 1 || timeoutSeconds > 3_600) {
            throw new CommandFailedException(ExitCode.USAGE, "--timeout is 1 to 3600 seconds.");
        }
        return AdminClient.to(admin, token(), Optional.ofNullable(caFile), timeoutSeconds);
    }

    private Optional<String> token() {
        if (tokenFile == null) {
            return Optional.empty();
        }
        try {
            String token = Files.readString(tokenFile).strip();
            if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 127)) {
                throw new CommandFailedException(ExitCode.USAGE, tokenFile + " does not hold a token.");
            }
            return Optional.of(token);
        } catch (IOException e) {
            throw new CommandFailedException(ExitCode.USAGE, "The token file cannot be read: " + e.getMessage());
        }
    }
}
