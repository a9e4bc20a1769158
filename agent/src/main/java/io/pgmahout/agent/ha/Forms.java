package io.pgmahout.agent.ha;

/** Whether a member makes a cluster where there is none, and of what. */
public enum Forms {
    /** Of the data that it has, or by initdb. */
    ANYHOW,
    /** Of the data that it has, never an empty one. */
    FROM_DATA,
    /** It waits for others. */
    NEVER
}
