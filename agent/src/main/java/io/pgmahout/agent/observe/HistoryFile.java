package io.pgmahout.agent.observe;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The history on disk: JSON lines, appended, rewritten by rename once there are twice as many as are kept. Nothing
 * depends on it: what cannot be read is left out, what cannot be written is logged once. One thread at a time.
 */
final class HistoryFile {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryFile.class);

    /** A file larger than this is not ours. */
    private static final long MAX_BYTES = 16L << 20;

    private final Path file;
    private final int capacity;
    private int lines;
    private boolean failing;

    HistoryFile(Path file, int capacity) {
        this.file = file;
        this.capacity = capacity;
    }

    /** The newest entries, oldest first; lines that are torn or unknown are left out. */
    List<HistoryEntry> read() {
        List<HistoryEntry> entries = new ArrayList<>();
        try {
            if (Files.size(file) > MAX_BYTES) {
                LOG.warn("{} is too large to be read and is begun anew", file);
                lines = 2 * capacity;
                return entries;
            }
            for (String line : new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                lines++;
                add(entries, line);
            }
            lines += endsMidLine() ? 2 * capacity : 0;
        } catch (NoSuchFileException none) {
            lines = 0;
        } catch (IOException e) {
            LOG.warn("the history cannot be read: {}", e.toString());
        }
        return entries.subList(Math.max(0, entries.size() - capacity), entries.size());
    }

    private static void add(List<HistoryEntry> entries, String line) {
        try {
            entries.add(HistoryEntry.fromJson(JsonParser.parseString(line).getAsJsonObject()));
        } catch (RuntimeException torn) {
            LOG.debug("a line of the history is left out: {}", torn.toString());
        }
    }

    /** A line appended to half a line would be lost too. */
    private boolean endsMidLine() throws IOException {
        byte[] all = Files.readAllBytes(file);
        return all.length > 0 && all[all.length - 1] != '\n';
    }

    /** Adds {@code entry}, the last of {@code all}. */
    void append(HistoryEntry entry, List<HistoryEntry> all) {
        try {
            if (lines >= 2 * capacity) {
                rewrite(all);
            } else {
                Files.writeString(file, entry.toJson() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                lines++;
            }
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                LOG.warn("the history cannot be written: {}", e.toString());
            }
            failing = true;
        }
    }

    private void rewrite(List<HistoryEntry> all) throws IOException {
        StringBuilder text = new StringBuilder();
        for (HistoryEntry entry : all) {
            text.append(entry.toJson()).append('\n');
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        lines = all.size();
    }
}
