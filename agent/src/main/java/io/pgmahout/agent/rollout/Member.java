package io.pgmahout.agent.rollout;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** This member, as far as a rolling update needs it. Any thread. */
public interface Member {

    /** Whether its server is the primary and may write, and automatic actions are not paused. */
    boolean mayAct();

    /** What keeps the cluster from being well, a sentence each; empty when it is. */
    List<String> problems();

    /** Hands over to the best of the others and returns when that is done; why it was not, if it was not. */
    Optional<String> handOver(Duration limit) throws InterruptedException;
}
