package io.pgmahout.agent.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.model.Incarnation;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.VoterId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The cores of a primary a and a standby b of a cluster that runs, which hear what c sends, whatever that is. */
public final class Hearers {

    /** Far above what terms grow by while a message is under way, far below those there are. */
    private static final long TERM_LEAP = 1L << 27;

    /** The longest lease that can be configured. */
    private static final long LEASE_MS = 100_000;

    private static final Peer SENDER = new Peer(new MemberName("c"), new VoterId("v-c"), new Incarnation("g-c1"));

    private final List<AgentState> states = new ArrayList<>();
    private final long beganMs;
    private long nowMs;

    private Hearers(Story story) {
        for (String name : List.of("a", "b")) {
            states.add(Objects.requireNonNull(story.member(name).state));
        }
        beganMs = story.nowMs;
        nowMs = beganMs;
    }

    private Hearers(Hearers other) {
        states.addAll(other.states);
        beganMs = other.beganMs;
        nowMs = other.beganMs;
    }

    /** They lead and follow in term 3. */
    public static Hearers ofACluster() {
        Story story = new Story();
        new Stage(story).cluster(Script.Line.of("cluster a b c"));
        return new Hearers(story);
    }

    /** As they were before they heard anything. */
    public Hearers fresh() {
        return new Hearers(this);
    }

    /** Both hear it, and the time passes in which they may act on it. */
    public void hear(Message message) {
        for (int i = 0; i < states.size(); i++) {
            states.set(i, step(states.get(i), new Event.Received(SENDER, message)));
        }
        nowMs += 20;
        for (int i = 0; i < states.size(); i++) {
            states.set(i, step(states.get(i), new Event.Tick()));
        }
    }

    private AgentState step(AgentState before, Event event) {
        Step step = Core.step(before, event, new Now(nowMs));
        AgentState next = step.next();
        assertThat(next.lease().expiryMs())
                .as("until when it promises nothing")
                .isBetween(before.lease().expiryMs(), nowMs + next.tuning().stretched(LEASE_MS));
        assertThat(next.voter().greatestLeaseMs())
                .as("what it remembers of leases")
                .isBetween(0L, LEASE_MS);
        for (Effect effect : step.effects()) {
            assertThat(effect).isNotInstanceOf(Effect.Exit.class);
            if (effect instanceof Effect.CompareAndSet write) {
                assertThat(write.record().term().value())
                        .as("the term it writes")
                        .isLessThan(3 + TERM_LEAP);
            }
        }
        return next;
    }
}
