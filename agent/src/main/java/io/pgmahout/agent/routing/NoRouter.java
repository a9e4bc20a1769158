package io.pgmahout.agent.routing;

import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.model.Term;

/** Nothing to move: clients ask the health checks, or know all members. */
public final class NoRouter implements Router {

    @Override
    public void route(Role role, Term term) {}

    @Override
    public void close() {}
}
