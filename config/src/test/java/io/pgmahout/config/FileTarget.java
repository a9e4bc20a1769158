package io.pgmahout.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The configuration file. */
public final class FileTarget extends LoadTarget {

    private @Nullable Path file;

    @Override
    public String name() {
        return "configuration";
    }

    @Override
    public List<byte[]> seeds() {
        String minimum = Fixture.MINIMUM.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue() + "\n")
                .collect(Collectors.joining());
        String all = Keys.ALL.stream()
                .filter(key -> !Fixture.MINIMUM.containsKey(key.name())
                        && key.standard().isPresent())
                .map(key -> key.name() + ": \"" + key.standard().orElse("") + "\"\n")
                .collect(Collectors.joining());
        return List.of(
                minimum.getBytes(StandardCharsets.UTF_8),
                (minimum + all).getBytes(StandardCharsets.UTF_8),
                (minimum
                                + "postgres:\n  parameters: {work_mem: 4MB, 'shared_buffers': \"1GB\"}\ngossip:\n  peers:\n  - a:1\n"
                                + "  - ${PEER}\n")
                        .getBytes(StandardCharsets.UTF_8));
    }

    @Override
    Loaded load(byte[] input) throws IOException {
        Path path = file == null ? Files.createTempFile("pgmahout-fuzz", ".yaml") : file;
        file = path;
        Files.write(path, input);
        return Configuration.load(Optional.of(path), Map.of("PEER", "b:8010"), Map.of());
    }

    @Override
    public void close() {
        try {
            if (file != null) {
                Files.delete(file);
                file = null;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
