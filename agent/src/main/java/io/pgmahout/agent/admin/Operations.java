package io.pgmahout.agent.admin;

import io.pgmahout.agent.ha.Command;
import io.pgmahout.agent.ha.Insight;
import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.observe.HistoryEntry;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the admin port needs of its agent. Every method is called on a network thread and returns at once; none
 * throws for what a cluster does.
 */
public interface Operations {

    /** The newest insight and its age, or null before the core's first step. */
    @Nullable
    Seen seen();

    /** Milliseconds since the control loop last finished a step; it never rests for more than a few seconds. */
    default long loopSilentMs() {
        return 0;
    }

    /**
     * Hands a command to this member's core.
     *
     * @param progress told of each step, on any thread, before the answer
     * @return the final answer; the core sees to it that there is one
     */
    CompletionStage<Answer> submit(Command command, Consumer<String> progress);

    /** Reads the configuration again and applies what can be. */
    CompletionStage<Reloaded> reload();

    /** The settings in effect, secrets masked, in the order of the reference. */
    List<ConfigRow> configuration();

    /** Oldest first. */
    List<HistoryEntry> history();

    void log(Notice notice);

    /** An insight that was made {@code ageMs} ago. */
    record Seen(Insight insight, long ageMs) {}

    /** What became of a command. */
    record Answer(Outcome outcome, String text) {}

    /**
     * What became of a reload; with problems, nothing was applied.
     *
     * @param applied keys that changed and are in effect
     * @param waiting keys that changed and wait for a restart of the agent
     */
    record Reloaded(List<String> applied, List<String> waiting, List<String> problems) {
        public Reloaded {
            applied = List.copyOf(applied);
            waiting = List.copyOf(waiting);
            problems = List.copyOf(problems);
        }
    }

    /** One setting, and where its value came from. */
    record ConfigRow(String key, String value, String origin) {}
}
