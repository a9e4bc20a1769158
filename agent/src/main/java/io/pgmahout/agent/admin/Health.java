package io.pgmahout.agent.admin;

import com.google.gson.JsonObject;
import io.pgmahout.agent.ha.MemberReport;
import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.ha.MemberReport.ServerState;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Answers for load balancers and supervisors: 200 or 503, and a few words. */
final class Health {

    /** An agent whose loop has not finished a step for so long is not alive. */
    static final long LIVE_MS = 15_000;

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,15})\\s*(B|KB|MB|GB|TB)?");
    private static final Map<String, Integer> SHIFTS = Map.of("B", 0, "KB", 10, "MB", 20, "GB", 30, "TB", 40);

    private Health() {}

    static Reply primary(Request request, @Nullable Standing standing) {
        request.onlyParameters(Set.of());
        return reply(standing, standing != null && standing.leads());
    }

    static Reply replica(Request request, @Nullable Standing standing) {
        long limit = limit(request);
        return reply(standing, standing != null && serves(standing, limit));
    }

    static Reply readOnly(Request request, @Nullable Standing standing) {
        long limit = limit(request);
        return reply(standing, standing != null && (standing.leads() || serves(standing, limit)));
    }

    /** The server runs, as whatever. */
    static Reply health(Request request, @Nullable Standing standing) {
        request.onlyParameters(Set.of());
        MemberReport own = standing == null ? null : standing.own();
        return reply(standing, own != null && own.server() == ServerState.RUNNING);
    }

    /** The agent's loop turns. */
    static Reply liveness(Request request, @Nullable Standing standing, long loopSilentMs) {
        request.onlyParameters(Set.of());
        return reply(standing, standing != null && Math.max(standing.ageMs(), loopSilentMs) < LIVE_MS);
    }

    /**
     * The member serves its role, whichever it is: a primary that may write, or a standby that runs, also while it is
     * promoted, lest clients that were led to it meanwhile are sent away until the next probe.
     */
    static Reply readiness(Request request, @Nullable Standing standing) {
        request.onlyParameters(Set.of());
        return reply(
                standing,
                standing != null && (standing.leads() || standing.promoting() || serves(standing, Long.MAX_VALUE)));
    }

    /** A running standby no further behind than {@code limit}; with a limit, one whose lag is not known does not serve. */
    private static boolean serves(Standing standing, long limit) {
        MemberReport own = standing.own();
        if (own == null || own.role() != Role.STANDBY || own.server() != ServerState.RUNNING) {
            return false;
        }
        OptionalLong lag = standing.lagBytes(own);
        return limit == Long.MAX_VALUE || (lag.isPresent() && lag.getAsLong() <= limit);
    }

    private static long limit(Request request) {
        request.onlyParameters(Set.of("lag"));
        String text = request.query().get("lag");
        if (text == null) {
            return Long.MAX_VALUE;
        }
        Matcher size = SIZE.matcher(text.toUpperCase(Locale.ROOT));
        if (!size.matches()) {
            throw new RefusedException(Problem.malformed("lag is a number of bytes, or one with B, kB, MB, GB or TB."));
        }
        int shift = size.group(2) == null ? 0 : SHIFTS.getOrDefault(size.group(2), 0);
        long number = Long.parseLong(size.group(1));
        return number > Long.MAX_VALUE >> shift ? Long.MAX_VALUE - 1 : number << shift;
    }

    private static Reply reply(@Nullable Standing standing, boolean well) {
        JsonObject json = new JsonObject();
        MemberReport own = standing == null ? null : standing.own();
        if (standing != null) {
            json.addProperty("cluster", standing.insight().self().cluster());
            json.addProperty("member", standing.self().value());
            json.addProperty("permitMs", Math.max(0, standing.insight().permitMs() - standing.ageMs()));
        }
        if (own != null) {
            OptionalLong lag = standing == null ? OptionalLong.empty() : standing.lagBytes(own);
            json.addProperty("role", Views.lower(own.role()));
            json.addProperty("server", Views.lower(own.server()));
            json.addProperty("term", own.termSeen().value());
            json.addProperty("lagBytes", lag.isPresent() ? lag.getAsLong() : null);
        }
        return Reply.json(well ? 200 : 503, json);
    }
}
