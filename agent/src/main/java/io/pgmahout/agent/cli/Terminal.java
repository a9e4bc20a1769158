package io.pgmahout.agent.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a command reads and writes.
 *
 * @param interactive whether a person sits there who can be asked
 * @param colours whether escape sequences are shown as colours
 */
public record Terminal(BufferedReader in, PrintStream out, PrintStream err, boolean interactive, boolean colours) {

    /** This process's own. */
    public static Terminal system() {
        boolean terminal =
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        return new Terminal(
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                System.out,
                System.err,
                terminal,
                terminal && System.getenv("NO_COLOR") == null);
    }

    /** Asks; throws {@link CommandFailedException} unless the answer is yes. */
    void confirm(String question) {
        if (!interactive) {
            throw new CommandFailedException(ExitCode.USAGE, "There is nobody to ask here: give --yes.");
        }
        out.print(question + " [y/N] ");
        out.flush();
        String answer = line();
        if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).matches("y|yes")) {
            throw new CommandFailedException(ExitCode.REFUSED, "Nothing was changed.");
        }
    }

    private @Nullable String line() {
        try {
            return in.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String red(String text) {
        return coloured("31;1", text);
    }

    String green(String text) {
        return coloured("32", text);
    }

    String yellow(String text) {
        return coloured("33", text);
    }

    String bold(String text) {
        return coloured("1", text);
    }

    private String coloured(String colour, String text) {
        return colours ? "\u001b[" + colour + "m" + text + "\u001b[0m" : text;
    }
}
