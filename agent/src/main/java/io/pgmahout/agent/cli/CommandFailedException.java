package io.pgmahout.agent.cli;

/** Ends a command with an exit code and a message for a person; an empty message when all is said. */
public final class CommandFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ExitCode code;
    private final String text;

    public CommandFailedException(ExitCode code, String message) {
        super(message, null, false, false);
        this.code = code;
        this.text = message;
    }

    public String text() {
        return text;
    }

    public ExitCode code() {
        return code;
    }
}
