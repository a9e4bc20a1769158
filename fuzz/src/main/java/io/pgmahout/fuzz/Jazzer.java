package io.pgmahout.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A search by Jazzer, in a process of its own, which counts what code of ours and of the parsers we use an input reaches. */
final class Jazzer {

    private static final String INSTRUMENTED = "io.pgmahout.**:com.google.gson.**:com.google.protobuf.**:org.yaml.**:"
            + "io.netty.handler.codec.http.**:io.netty.handler.codec.ByteToMessageDecoder";
    private static final Pattern PROGRESS = Pattern.compile("^#(\\d+).*?cov: (\\d+).*corp: (\\d+)/.*");
    private static final Pattern FOUND = Pattern.compile("Test unit written to (\\S+)");
    private static final int LARGEST = 8_192;

    private final Target target;
    private final Path kept;
    private final Path work;
    private final long seed;

    Jazzer(Target target, Path module, long seed) {
        this.target = target;
        this.kept = Kept.directory(module, target);
        this.work = Path.of(System.getProperty("pgmahout.home", ""), "target", "fuzz", target.name());
        this.seed = seed;
    }

    /** Returns whether the promise held for every input of that time; says what was done. */
    boolean search(Duration time, boolean merge) throws IOException, InterruptedException {
        Path corpus = Files.createDirectories(work.resolve("corpus"));
        Files.createDirectories(kept);
        for (byte[] input : target.seeds()) {
            Files.write(corpus.resolve("seed-" + Integer.toHexString(Arrays.hashCode(input))), input);
        }
        Path words = work.resolve("words");
        // An empty dictionary is refused.
        Files.write(
                words,
                Stream.concat(
                                Stream.of("\"\\xff\\xff\""),
                                target.words().stream().map(Jazzer::quoted))
                        .toList());
        boolean held = run(
                "-max_total_time=" + Math.max(1, time.toSeconds()),
                "-seed=" + seed,
                "-max_len=" + LARGEST,
                "-use_value_profile=1",
                "-timeout=30",
                "-dict=" + words,
                "-artifact_prefix=" + work + "/found-",
                corpus.toString(),
                kept.toString());
        if (held && merge) {
            run("-merge=1", "-max_len=" + LARGEST, kept.toString(), corpus.toString());
        }
        return held;
    }

    private boolean run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+EnableDynamicAgentLoading",
                "-Xmx512m",
                "-Dpgmahout.home=" + System.getProperty("pgmahout.home", ""),
                "-Dlogback.configurationFile=" + System.getProperty("logback.configurationFile", ""),
                "-D" + Guided.TARGET + "=" + target.name(),
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + Guided.class.getName(),
                "--instrumentation_includes=" + INSTRUMENTED,
                // It ends in an exception of its own where Netty uses Unsafe.
                "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.UnsafeSanitizer",
                "--reproducer_path=" + work));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String progress = "";
        String found = "";
        List<String> output = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher counted = PROGRESS.matcher(line);
                if (counted.matches()) {
                    progress = "%,12d inputs   %,6d places reached   %,6d inputs that lead there"
                            .formatted(
                                    Long.valueOf(counted.group(1)),
                                    Long.valueOf(counted.group(2)),
                                    Long.valueOf(counted.group(3)));
                }
                Matcher unit = FOUND.matcher(line);
                found = unit.find() ? unit.group(1) : found;
                output.add(line);
            }
        }
        int status = process.waitFor();
        Path log = work.resolve("log");
        Files.write(log, output);
        System.out.printf("%-14s %s   %s%n", target.name(), progress, verdict(status, found, log));
        if (!found.isEmpty()) {
            System.out.printf("not so: %s%nthe input: %s%nto keep it: %s/WHAT-IT-IS%n", target.promise(), found, kept);
        }
        return status == 0;
    }

    private static String verdict(int status, String found, Path log) {
        return status == 0 ? "held" : (found.isEmpty() ? "DID NOT RUN, see " : "BROKEN, see ") + log;
    }

    /** As a dictionary of libFuzzer has it. */
    private static String quoted(String word) {
        StringBuilder quoted = new StringBuilder("\"");
        for (byte one : word.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = one > ' ' && one < 0x7f && one != '"' && one != '\\';
            quoted.append(
                    plain ? String.valueOf((char) one) : "\\x" + HexFormat.of().toHexDigits(one));
        }
        return quoted.append('"').toString();
    }
}
