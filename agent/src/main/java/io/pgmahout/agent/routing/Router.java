package io.pgmahout.agent.routing;

import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.model.Term;

/** Makes clients follow the primary, each member for itself. */
public interface Router extends AutoCloseable {

    /**
     * This member is {@code role} as of {@code term}. Called on the control thread, returns at once and throws
     * nothing; a newer call makes an older one that is not done superfluous.
     *
     * @param promoting its server is still on the way to it: clients are led here already, since that takes longer than
     *     the promotion
     */
    void route(Role role, Term term, boolean promoting);

    /** Gives up what is under way. */
    @Override
    void close();
}
