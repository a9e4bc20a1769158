package io.pgmahout.tests.kubernetes;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.pgmahout.tests.cluster.ServerUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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

    static JsonObject get(String kind, String name) {
        return JsonParser.parseString(kubectl("get", kind, name, "--output=json"))
                .getAsJsonObject();
    }

    static List<JsonObject> list(String kind, String selector) {
        JsonArray items = JsonParser.parseString(kubectl("get", kind, "--selector=" + selector, "--output=json"))
                .getAsJsonObject()
                .getAsJsonArray("items");
        return items.asList().stream().map(item -> item.getAsJsonObject()).toList();
    }

    /** The output of a command in a container. */
    static String inContainer(String pod, String container, String... command) {
        List<String> arguments = new ArrayList<>(List.of("exec", pod, "--container=" + container, "--"));
        arguments.addAll(List.of(command));
        return kubectl(arguments.toArray(String[]::new));
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

    /** SIGKILL to a process of a pod's node whose command line has this word, and that is in that pod. */
    static void kill(Pod pod, String word) throws IOException {
        for (String line : run("node", "processes", pod.nodeNumber()).lines().toList()) {
            Path process = Path.of("/proc", line.strip());
            String environment = text(process.resolve("environ"));
            if (text(process.resolve("cmdline")).contains(word) && environment.contains("POD_NAME=" + pod.name())) {
                ProcessHandle.of(Long.parseLong(line.strip())).ifPresent(ProcessHandle::destroyForcibly);
                return;
            }
        }
        throw new IOException("no process of " + pod + " with " + word);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
