package io.pgmahout.agent.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmahout.protocol.PeerIdentity;
import io.pgmahout.protocol.v1.Envelope;
import io.pgmahout.protocol.v1.Heartbeat;
import io.pgmahout.protocol.v1.HeartbeatAck;
import io.pgmahout.protocol.v1.HeartbeatRefused;
import io.pgmahout.protocol.v1.MemberReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that no agent sends. */
class SenselessTest {

    private static final PeerIdentity PEER = new PeerIdentity("m1", "v1", "i1", 1, 1, "", "", "", "1");

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, Wire.LONGEST_LEASE_MS + 1, Long.MAX_VALUE})
    void aLeaseIsNoLongerThanOneThatCanBeConfigured(long leaseMs) {
        refused(Envelope.newBuilder()
                .setHeartbeat(Heartbeat.newBuilder().setTerm(1).setLeaseMs(leaseMs)));
        refused(Envelope.newBuilder()
                .setHeartbeatAck(HeartbeatAck.newBuilder().setTerm(1).setLeaseMs(leaseMs)));
    }

    @Test
    void theLongestLeaseIsTaken() {
        assertThat(Wire.decode(
                        PEER,
                        Envelope.newBuilder()
                                .setHeartbeat(Heartbeat.newBuilder().setTerm(1).setLeaseMs(Wire.LONGEST_LEASE_MS))
                                .build()))
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, Wire.GREATEST_TERM + 1})
    void aTermLeavesRoomForMore(long term) {
        refused(Envelope.newBuilder()
                .setHeartbeatRefused(HeartbeatRefused.newBuilder().setTerm(1).setPromisedTerm(term)));
        refused(Envelope.newBuilder()
                .setHeartbeat(Heartbeat.newBuilder().setTerm(term).setLeaseMs(750)));
        refused(Envelope.newBuilder().setMemberReport(MemberReport.newBuilder().setTermSeen(term)));
        refused(Envelope.newBuilder().setMemberReport(MemberReport.newBuilder().setPromisedTerm(term)));
    }

    private static void refused(Envelope.Builder envelope) {
        assertThatThrownBy(() -> Wire.decode(PEER, envelope.build())).isInstanceOf(IllegalArgumentException.class);
    }
}
