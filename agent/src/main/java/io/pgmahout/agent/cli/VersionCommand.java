package io.pgmahout.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Which version this is. */
@Command(description = "Print the version.")
public final class VersionCommand implements Callable<Integer> {

    private static final String PROPERTIES = "/META-INF/maven/io.pgmahout/agent/pom.properties";

    private final Terminal terminal;

    VersionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.out()
                .println("%s %s (Java %s, %s)"
                        .formatted(Main.NAME, version(), Runtime.version(), System.getProperty("os.arch")));
        return ExitCode.OK.code();
    }

    /** The version of the jar, or {@code development} when run without one. */
    public static String version() {
        try (InputStream in = VersionCommand.class.getResourceAsStream(PROPERTIES)) {
            if (in == null) {
                return "development";
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version", "development");
        } catch (IOException fromOwnJar) {
            throw new UncheckedIOException(fromOwnJar);
        }
    }
}
