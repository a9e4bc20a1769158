package io.pgmahout.agent.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.ha.MemberReport;
import io.pgmahout.agent.ha.Reach;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Incarnation;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.VoterId;
import io.pgmahout.agent.model.WalPosition;
import io.pgmahout.protocol.PeerIdentity;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReportWireTest {
    private static final PeerIdentity PEER =
            new PeerIdentity("m2", "v2", "i2", 7, 1, "10.0.0.2:5432", "10.0.0.2:8008", "10.0.0.2:8010", "0.1.0");

    @Test
    void tellsHowFarDataReaches() {
        WalPosition end = new WalPosition(new Term(5), new Timeline(3), Lsn.parse("0/6000"));
        for (Reach reach : new Reach[] {null, new Reach(end, true), new Reach(end, false)}) {
            MemberReport report = report(reach);
            assertThat(ReportWire.decode(PEER, ReportWire.encode(report))).isEqualTo(report);
        }
    }

    static MemberReport report(@Nullable Reach reach) {
        return new MemberReport(
                new MemberName("m2"),
                new VoterId("v2"),
                new Incarnation("i2"),
                "10.0.0.2:5432",
                "10.0.0.2:8008",
                MemberReport.Role.NONE,
                MemberReport.ServerState.STOPPED,
                new DataId("d2"),
                "7300000000000000001",
                null,
                null,
                reach,
                null,
                false,
                100,
                false,
                Term.NONE,
                new Term(4),
                0,
                "its server is not running",
                "112 no-record");
    }
}
