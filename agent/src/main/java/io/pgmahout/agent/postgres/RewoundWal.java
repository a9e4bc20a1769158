package io.pgmahout.agent.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a rewound directory has the WAL that its recovery begins with. Before 14.14, 15.9, 16.5 and 17.1 pg_rewind
 * removed what the source had recycled, also where recovery needs it: such a server never becomes consistent, accepts no
 * connection and waits for ever.
 */
final class RewoundWal {

    private static final Pattern START =
            Pattern.compile("START WAL LOCATION: \\S+ \\(file [0-9A-F]{8}([0-9A-F]{16})\\)");
    private static final Pattern SEGMENT = Pattern.compile("[0-9A-F]{8}([0-9A-F]{16})");

    private RewoundWal() {}

    /**
     * The segment (without its timeline) that recovery begins with, if it is missing although later ones are there:
     * those the source still had. What it wrote meanwhile is streamed.
     *
     * @return null when it is there, or when nothing had to be rewound
     */
    static @Nullable String missing(Path data) throws IOException {
        String label = DurableFile.readOrNull(data.resolve("backup_label"));
        if (label == null) {
            return null;
        }
        Matcher start = START.matcher(label);
        if (!start.find()) {
            throw new IOException("backup_label does not say where recovery begins");
        }
        NavigableSet<String> present = new TreeSet<>();
        try (var files = Files.newDirectoryStream(data.resolve("pg_wal"))) {
            for (Path file : files) {
                Matcher segment = SEGMENT.matcher(file.getFileName().toString());
                if (segment.matches()) {
                    present.add(segment.group(1));
                }
            }
        }
        String first = start.group(1);
        return present.contains(first) || present.higher(first) == null ? null : first;
    }
}
