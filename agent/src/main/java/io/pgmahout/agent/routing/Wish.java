package io.pgmahout.agent.routing;

import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.model.Term;

/** What this member is to its clients; {@code promoting} while its server is still on the way to it. */
record Wish(Role role, Term term, boolean promoting) {}
