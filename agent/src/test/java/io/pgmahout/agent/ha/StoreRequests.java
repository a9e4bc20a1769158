package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Stored;
import java.util.HashMap;
import java.util.Map;

/** What members of a story ask of the store, and what becomes of it. */
final class StoreRequests {
    private final Story story;

    /** Writes that were unknown, and may still come through. */
    private final Map<MemberName, Effect.CompareAndSet> limbo = new HashMap<>();

    StoreRequests(Story story) {
        this.story = story;
    }

    void write(StoryMember member, AgentState before, AgentState after, Effect.CompareAndSet write) {
        Writes.Pending pending = after.writes().inFlight();
        String purpose = pending == null ? "?" : pending.purpose();
        Stored known = before.book().known();
        ClusterRecord base = known != null && known.version().equals(write.base()) ? known.record() : null;
        if (base == null && write.base() != null && after.book().known() != null) {
            base = after.book().known().record();
        }
        if (!purpose.equals("renew") || story.shown.contains("routine")) {
            story.tell(member.name, "writes (%s): %s".formatted(purpose, Words.change(base, write.record())));
        }
        member.waiting.add(write);
        switch (member.store) {
            case ANSWERS -> story.later(() -> writeEnds(member, "applied"));
            case REFUSES, READ_ONLY -> story.later(() -> writeEnds(member, "failed"));
            case SILENT -> story.later(() -> writeEnds(member, "unknown"));
            case HELD, READS -> {}
        }
    }

    /**
     * What becomes of the write that waits.
     *
     * @param fate applied; conflict (another wrote first); failed; unknown (and not applied, as yet); lost (applied,
     *     nobody says so)
     */
    void writeEnds(StoryMember member, String fate) {
        Effect.CompareAndSet write = Surroundings.take(member, Effect.CompareAndSet.class);
        if (write == null) {
            return;
        }
        Stored made = fate.equals("applied") || fate.equals("lost") ? story.store.compareAndSet(write) : null;
        Outcome outcome = switch (fate) {
            case "applied" -> made == null ? Outcome.REFUSED : Outcome.DONE;
            case "conflict" -> Outcome.REFUSED;
            case "failed" -> Outcome.FAILED;
            case "unknown", "lost" -> Outcome.UNKNOWN;
            default -> throw new IllegalArgumentException("no fate of a write: " + fate);
        };
        if (fate.equals("unknown")) {
            limbo.put(member.name, write);
        }
        if (outcome != Outcome.DONE) {
            story.tell(member.name, "write " + outcome);
        }
        story.event(
                member,
                new Event.WriteEnded(write.record().writeId(), outcome, made == null ? null : made.version(), fate));
        if (made != null) {
            story.watchShows(made);
        }
    }

    /** A write that was unknown comes through after all, if nobody wrote since. */
    boolean lateWrite(StoryMember member) {
        Effect.CompareAndSet write = limbo.remove(member.name);
        Stored made = write == null ? null : story.store.compareAndSet(write);
        if (made != null) {
            story.watchShows(made);
        }
        return made != null;
    }

    void read(StoryMember member, Effect.ReadRecord read) {
        member.waiting.add(read);
        if (member.store != StoryMember.StoreLink.HELD) {
            story.later(() -> readEnds(member, answersReads(member)));
        }
    }

    private static boolean answersReads(StoryMember member) {
        return switch (member.store) {
            case ANSWERS, READS, READ_ONLY -> true;
            case REFUSES, SILENT, HELD -> false;
        };
    }

    void readEnds(StoryMember member, boolean answered) {
        Effect.ReadRecord read = Surroundings.take(member, Effect.ReadRecord.class);
        if (read != null) {
            story.event(
                    member,
                    new Event.RecordRead(
                            read.id(),
                            answered ? Outcome.DONE : Outcome.FAILED,
                            answered ? story.store.stored() : null,
                            answered ? "" : "no answer"));
        }
    }
}
