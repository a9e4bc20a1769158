package io.pgmahout.agent.ha;

import static io.pgmahout.agent.ha.Rule.act;
import static io.pgmahout.agent.ha.Rule.rest;

import io.pgmahout.agent.model.MemberName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A member without the term whose data fits: its server is started and streams. Rules 154 to 161. */
final class FollowingRules {

    static final List<Rule> RULES = List.of(
            act(
                    154,
                    "start-standby",
                    "The server is down: it is started as a standby.",
                    view -> view.serverGone() && !successorRises(view),
                    view -> startStandby(view)),
            rest(
                    155,
                    "successor-rises",
                    "The server is down; it is started once the new holder writes, or a second later.",
                    View::serverGone),
            rest(156, "not-yet-up", "The server has not answered yet.", view -> view.state.server() == null),
            act(
                    157,
                    "follow",
                    "The standby streams from somebody else, or from nobody: it is pointed at the holder.",
                    FollowingRules::followsAnother,
                    view -> new ServerAction.Follow(
                            view.livingSource().orElseThrow(), view.record().history())),
            act(
                    158,
                    "restart-standby",
                    "A restart was asked for.",
                    View::restartAsked,
                    view -> new ServerAction.Restart()),
            act(
                    159,
                    "forget-old-data",
                    "The clone streams: the directory that was kept aside may go.",
                    view -> keepsAside(view) && streaming(view),
                    view -> new ServerAction.Forget()),
            rest(160, "stream", "The standby streams from the holder.", FollowingRules::streaming),
            rest(161, "stand-by", "The standby waits for a holder it can stream from.", view -> true));

    /** How long a new holder has to rise before others do what can wait. */
    static final long SUCCESSOR_MS = 1_000;

    private FollowingRules() {}

    /** Until it writes there is nothing to stream from it, and what it has to do goes first where they share a machine. */
    private static boolean successorRises(View view) {
        MemberName next = view.record().holder().memberOrNull();
        return next != null
                && !next.equals(view.self().name())
                && view.livingSource().isEmpty()
                && view.before(view.state.book().heldMs() + SUCCESSOR_MS);
    }

    private static boolean keepsAside(View view) {
        DataFacts data = view.state.data();
        return data != null && data.keptAside() && !view.state.told().asideStays();
    }

    private static boolean followsAnother(View view) {
        ServerFacts server = view.state.server();
        return server != null
                && server.recovering()
                && view.livingSource()
                        .filter(source -> !source.member().equals(server.following())
                                || !source.equals(view.state.told().pointedAt()))
                        .isPresent();
    }

    /** Branches are written beside the data only with the source whose WAL will be theirs. */
    private static ServerAction startStandby(View view) {
        Source source = sourceToStartWith(view);
        return new ServerAction.StartStandby(
                source, source == null ? List.of() : view.record().history());
    }

    /** A standby that may be past a fork starts alone, and is asked where it is. */
    private static @Nullable Source sourceToStartWith(View view) {
        Lineage lineage = view.lineage();
        return lineage == Lineage.CURRENT || lineage == Lineage.ANCESTOR
                ? view.livingSource().orElse(null)
                : null;
    }

    private static boolean streaming(View view) {
        ServerFacts server = view.state.server();
        return server != null
                && server.streaming()
                && view.source()
                        .filter(source -> source.member().equals(server.following()))
                        .isPresent();
    }
}
