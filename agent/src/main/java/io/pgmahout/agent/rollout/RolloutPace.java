package io.pgmahout.agent.rollout;

import java.time.Duration;

/**
 * How fast a rolling update goes.
 *
 * @param rest between two looks at the StatefulSet while all pods are of its newest template
 * @param step between two looks while some are not
 * @param steady for so long nothing may have stood in the way of a step before it is done
 * @param again after a hand-over that was refused, before the next one is tried
 * @param patience so long a rolling update may wait before that is an event, and a pod that serves nobody may take
 *     before it is replaced
 */
public record RolloutPace(Duration rest, Duration step, Duration steady, Duration again, Duration patience) {

    /** Six requests a minute at rest; a new standby streams for five seconds before the next one goes. */
    public static final RolloutPace USUAL = new RolloutPace(
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1));
}
