package io.pgmahout.agent.cluster;

import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.Incarnation;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.SwitchoverRequest;
import io.pgmahout.agent.model.TakeoverRule;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.Voter;
import io.pgmahout.agent.model.VoterId;
import io.pgmahout.agent.model.WalPosition;
import io.pgmahout.agent.model.WriteId;
import java.util.List;

/** Records to test with. */
final class Records {

    static final String CLUSTER = "zoo";

    private Records() {}

    static ClusterRecord full(Holder holder) {
        return new ClusterRecord(
                CLUSTER,
                "7300000000000000001",
                new Term(7),
                holder,
                42,
                15_000,
                TakeoverRule.QUORUM,
                List.of(voter("a"), voter("b"), voter("c")),
                List.of(
                        new Branch(Term.FIRST, Timeline.FIRST, Lsn.ZERO),
                        new Branch(new Term(4), new Timeline(2), Lsn.parse("0/3000060")),
                        new Branch(new Term(7), new Timeline(3), null)),
                true,
                new SwitchoverRequest("request-1", new MemberName("b")),
                new WriteId("write-1"));
    }

    static ClusterRecord full() {
        return full(held());
    }

    static ClusterRecord first(String write) {
        return new ClusterRecord(
                CLUSTER,
                null,
                Term.FIRST,
                new Holder.Held(new MemberName("a"), new Incarnation("gate-a"), null),
                1,
                15_000,
                TakeoverRule.TTL,
                List.of(voter("a")),
                List.of(),
                false,
                null,
                new WriteId(write));
    }

    static Holder held() {
        return new Holder.Held(new MemberName("a"), new Incarnation("gate-a"), new DataId("data-a"));
    }

    static Holder named() {
        return new Holder.Named(new MemberName("b"), position());
    }

    static WalPosition position() {
        return new WalPosition(new Term(7), new Timeline(3), Lsn.parse("1/F00000D8"));
    }

    private static Voter voter(String member) {
        return new Voter(new VoterId("voter-" + member), new MemberName(member));
    }
}
