package io.pgmahout.agent.routing;

import java.time.Duration;

/** What came of a move. */
sealed interface Attempted {

    /** It is done, or what was asked is known. */
    record Done(Scene scene) implements Attempted {}

    /** The object is of another version than the one that was decided on; nothing was changed. */
    record Conflict(Scene scene, String reason) implements Attempted {}

    /** The API server will not, and tells why. */
    record Refused(String reason) implements Attempted {}

    /**
     * No answer, or one that does not tell what became of it.
     *
     * @param scene without what may not be so any more
     * @param pause that the API server wants before the next request
     */
    record Unknown(Scene scene, String reason, Duration pause) implements Attempted {}
}
