package io.pgmahout.agent.ha;

import java.util.Map;

/**
 * The rule that fires for one question, and why.
 *
 * @param inputs the facts the rule looked at, by name, for a person to read
 */
public record Verdict(Question question, int rule, String name, String explanation, Map<String, String> inputs) {

    /** What the decision table is asked, each question answered by the first rule that matches. */
    public enum Question {
        /** What must happen to this member's server? */
        SERVER,
        /** What must this member write into the record? */
        RECORD,
        /** What must this member promise, or ask others to promise? */
        PROMISE
    }

    public Verdict {
        inputs = Map.copyOf(inputs);
    }

    /** As logs and reports carry it: {@code 130 follow-holder}. */
    public String label() {
        return rule + " " + name;
    }
}
