package io.pgmahout.agent.postgres;

import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a timeline comes from, as its history file says.
 *
 * @param ends its ancestors, oldest first, and where each was left
 */
record TimelineHistory(Timeline timeline, List<Ended> ends) {

    record Ended(Timeline timeline, Lsn end) {}

    TimelineHistory {
        ends = List.copyOf(ends);
    }

    private static Path file(Path wal, int timeline) {
        return wal.resolve("%08X.history".formatted(timeline));
    }

    /** The first timeline has no file; any other without one is an error. */
    static TimelineHistory read(Path wal, Timeline timeline) throws IOException {
        return timeline.equals(Timeline.FIRST)
                ? new TimelineHistory(timeline, List.of())
                : parse(timeline, Files.readString(file(wal, timeline.id())));
    }

    static TimelineHistory parse(Timeline timeline, String text) throws IOException {
        List<Ended> ends = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] fields = line.strip().split("\\s+", 3);
            if (line.isBlank() || line.strip().startsWith("#")) {
                continue;
            }
            try {
                ends.add(new Ended(new Timeline(Integer.parseInt(fields[0])), Lsn.parse(fields[1])));
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw new IOException("the history of timeline " + timeline + " is damaged: " + line, e);
            }
        }
        return new TimelineHistory(timeline, ends);
    }

    /** The newest timeline with a history file, counted upwards from {@code known} as PostgreSQL does it. */
    static Timeline newest(Path wal, Timeline known) {
        int id = known.id();
        while (Files.exists(file(wal, id + 1))) {
            id++;
        }
        return new Timeline(id);
    }

    /** Where the timeline and each of its ancestors begin: the oldest at zero. */
    Map<Timeline, Lsn> starts() {
        Map<Timeline, Lsn> starts = new HashMap<>();
        Lsn start = Lsn.ZERO;
        for (Ended ended : ends) {
            starts.put(ended.timeline(), start);
            start = ended.end();
        }
        starts.put(timeline, start);
        return starts;
    }

    /** The timeline on which a log that ends at {@code position} ends. */
    Timeline at(Lsn position) {
        for (Ended ended : ends) {
            if (position.compareTo(ended.end()) <= 0) {
                return ended.timeline();
            }
        }
        return timeline;
    }

    /** Whether this timeline, or one of its ancestors, left that one before its end. */
    boolean left(Ended other) {
        return ends.stream()
                .anyMatch(ended ->
                        ended.timeline().equals(other.timeline()) && other.end().compareTo(ended.end()) > 0);
    }

    /** This timeline and its ancestors, newest first. */
    List<Timeline> newestFirst() {
        List<Timeline> all = new ArrayList<>();
        all.add(timeline);
        ends.reversed().forEach(ended -> all.add(ended.timeline()));
        return all;
    }
}
