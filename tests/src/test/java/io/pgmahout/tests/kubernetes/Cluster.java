package io.pgmahout.tests.kubernetes;

import io.pgmahout.tests.cluster.ServerUser;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The Kubernetes that {@code tests/kubernetes/cluster} started, in whose network the tests run. */
final class Cluster {

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Path SCRIPT = Chart.home().resolve("tests/kubernetes/cluster");

    private Cluster() {}

    static String kubectl(String... arguments) {
        return exec("kubectl", arguments);
    }

    static String helm(String... arguments) {
        return exec("helm", arguments);
    }

    private static String exec(String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of("exec", program));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    /** A fault, or its end: {@code node kill 2}, say. */
    static String run(String... arguments) {
        List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
        command.addAll(List.of(arguments));
        return ServerUser.run(command, LIMIT);
    }

    /** {@code kubectl} that goes on by itself, its output in a file. */
    static Process follow(Path output, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(SCRIPT.toString(), "exec", "kubectl"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }
}
