package io.pgmahout.config;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The environment and the command line: lines of {@code NAME=value}, those that begin with PGMAHOUT_ the former. */
public final class OverridesTarget extends LoadTarget {

    @Override
    public String name() {
        return "overrides";
    }

    @Override
    public List<byte[]> seeds() {
        String minimum = Fixture.MINIMUM.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
                .collect(Collectors.joining());
        String environment = Keys.ALL.stream()
                .filter(key -> key.standard().isPresent())
                .map(key -> "PGMAHOUT_"
                        + key.name().toUpperCase(java.util.Locale.ROOT).replaceAll("[.-]", "_") + "="
                        + key.standard().orElse("") + "\n")
                .collect(Collectors.joining());
        return List.of(
                minimum.getBytes(StandardCharsets.UTF_8),
                (minimum + environment).getBytes(StandardCharsets.UTF_8),
                (minimum + "postgres.parameters=work_mem=4MB,jit=off\ngossip.peers=a:1,[::1]:2,${env:PEER}\n")
                        .getBytes(StandardCharsets.UTF_8));
    }

    @Override
    Loaded load(byte[] input) {
        Map<String, String> environment = new HashMap<>();
        Map<String, String> commandLine = new HashMap<>();
        for (String line : new String(input, StandardCharsets.UTF_8).split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                (line.startsWith("PGMAHOUT_") ? environment : commandLine)
                        .put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return Configuration.load(Optional.empty(), environment, commandLine);
    }
}
