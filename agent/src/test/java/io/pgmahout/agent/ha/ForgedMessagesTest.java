package io.pgmahout.agent.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Incarnation;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.VoterId;
import io.pgmahout.agent.model.WalPosition;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a member, or whoever has its key, may say that is not so. */
class ForgedMessagesTest {

    private static final WalPosition END = new WalPosition(new Term(3), new Timeline(2), Lsn.parse("0/5000"));
    private static final Peer C = new Peer(new MemberName("c"), new VoterId("v-c"), new Incarnation("g-c1"));

    /** Hears c at one instant after the other. */
    private static final class Member {
        private AgentState state;
        private long nowMs;

        Member(String name) {
            Story story = new Story();
            new Stage(story).cluster(Script.Line.of("cluster a b c"));
            state = Objects.requireNonNull(story.member(name).state);
            nowMs = story.nowMs;
        }

        Step hears(Peer from, Message message) {
            Step step = Core.step(state, new Event.Received(from, message), new Now(++nowMs));
            state = step.next();
            return step;
        }
    }

    @Test
    void aPromiseInAnothersNameCountsForNobody() {
        Member b = new Member("b");
        b.hears(C, promise("v-a"));
        assertThat(b.state.promises().given()).isEmpty();
        b.hears(new Peer(C.name(), new VoterId("v-a"), C.incarnation()), promise("v-a"));
        assertThat(b.state.promises().given())
                .as("the record lists that voter id as another member's")
                .isEmpty();
        b.hears(C, promise("v-c"));
        assertThat(b.state.promises().given()).containsOnlyKeys(new VoterId("v-c"));
    }

    @Test
    void anAcknowledgementCountsFromWhenItsHeartbeatWasSentAndForNoMoreThanItsLease() {
        Member a = new Member("a");
        long until = ackUntilMs(a);
        long sentMs = a.nowMs;
        a.hears(C, ack(3, sentMs - 60_000, 750));
        a.hears(C, ack(3, sentMs + 60_000, 750));
        a.hears(C, ack(2, sentMs, 750));
        assertThat(ackUntilMs(a)).as("replayed, not sent yet, of another term").isEqualTo(until);
        a.hears(C, ack(3, sentMs, Long.MAX_VALUE));
        assertThat(ackUntilMs(a))
                .isBetween(
                        sentMs,
                        sentMs
                                + a.state.tuning().failsafeLeaseMs()
                                + a.state.tuning().peerLeaseMaxMs());
        long forged = ackUntilMs(a);
        a.hears(C, ack(3, sentMs, 750));
        assertThat(ackUntilMs(a)).as("a replay takes nothing away").isEqualTo(forged);
    }

    @Test
    void aTermThatNobodyCanHavePromisedAgainstIsNotBelieved() {
        for (long promised : new long[] {Long.MAX_VALUE, Long.MAX_VALUE - 1, 1L << 40, 1L << 31}) {
            Member a = new Member("a");
            Step step = a.hears(C, new Message.HeartbeatRefused(new Term(3), new Term(promised)));
            assertThat(writtenTerms(step)).allMatch(term -> term < 1L << 27);
        }
        Member a = new Member("a");
        Step step = a.hears(C, new Message.HeartbeatRefused(new Term(3), new Term(5)));
        assertThat(a.state.writes().prepared() != null
                        || writtenTerms(step).findAny().isPresent())
                .as("one that may be is answered by a higher term")
                .isTrue();
    }

    private static LongStream writtenTerms(Step step) {
        Writes.Pending prepared = step.next().writes().prepared();
        return LongStream.concat(
                prepared == null
                        ? LongStream.empty()
                        : LongStream.of(prepared.record().term().value()),
                step.effects().stream()
                        .filter(Effect.CompareAndSet.class::isInstance)
                        .mapToLong(effect ->
                                ((Effect.CompareAndSet) effect).record().term().value()));
    }

    private static long ackUntilMs(Member member) {
        return Objects.requireNonNull(member.state.peers().get(C.name())).ackUntilMs();
    }

    private static Message ack(long term, long sentMs, long leaseMs) {
        return new Message.HeartbeatAck(new Term(term), 1, sentMs, leaseMs, END);
    }

    private static Message promise(String voter) {
        return new Message.Promise(new Term(3), new VoterId(voter), END, new DataId("d-c"), 0, null, true);
    }
}
