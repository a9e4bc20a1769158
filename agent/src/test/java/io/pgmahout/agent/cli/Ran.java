package io.pgmahout.agent.cli;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;

/** What a command did. */
record Ran(int code, String out, String err) {

    /** Run without a person. */
    static Ran of(String... arguments) {
        return of(Hooks.NONE, "", false, arguments);
    }

    /** Run by a person who types {@code input}. */
    static Ran by(String input, String... arguments) {
        return of(Hooks.NONE, input, true, arguments);
    }

    static Ran of(Hooks hooks, String input, boolean interactive, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new BufferedReader(new StringReader(input)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                interactive,
                false);
        int code = Main.run(terminal, hooks, arguments);
        return new Ran(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
