package io.pgmahout.protocol;

import com.google.protobuf.ByteString;
import io.pgmahout.protocol.v1.Envelope;
import io.pgmahout.protocol.v1.Farewell;
import io.pgmahout.protocol.v1.Heartbeat;
import io.pgmahout.protocol.v1.HeartbeatAck;
import io.pgmahout.protocol.v1.HeartbeatRefused;
import io.pgmahout.protocol.v1.Hello;
import io.pgmahout.protocol.v1.HelloRefused;
import io.pgmahout.protocol.v1.KeepAlive;
import io.pgmahout.protocol.v1.MemberReport;
import io.pgmahout.protocol.v1.Position;
import io.pgmahout.protocol.v1.Promise;
import io.pgmahout.protocol.v1.PromiseRequest;
import io.pgmahout.protocol.v1.ReportRequest;
import io.pgmahout.protocol.v1.Role;
import io.pgmahout.protocol.v1.ServerState;
import io.pgmahout.protocol.v1.Superseded;
import io.pgmahout.protocol.v1.Wal;
import io.pgmahout.protocol.v1.WalOffer;
import io.pgmahout.protocol.v1.WalRefusal;
import io.pgmahout.protocol.v1.WalRequest;
import java.util.List;

/** Messages with every field set. */
final class Messages {
    private static final Position POSITION = Position.newBuilder()
            .setBranchTerm(7)
            .setTimeline(4)
            .setLsn(0x1_6000_0028L)
            .setKnown(true)
            .build();

    private Messages() {}

    static LocalIdentity identity(String cluster, String member) {
        return new LocalIdentity(cluster, member, "voter-" + member, "a1b2", "10.0.0.1:5432", "", "", "0.1.0");
    }

    static Hello hello(String cluster, String member, long session) {
        return new HelloCheck(identity(cluster, member), session).ours();
    }

    static Envelope envelope(Hello hello) {
        return Envelope.newBuilder().setHello(hello).build();
    }

    static Envelope heartbeat(long sequence) {
        return Envelope.newBuilder()
                .setHeartbeat(Heartbeat.newBuilder()
                        .setTerm(8)
                        .setSequence(sequence)
                        .setSentMs(123456789)
                        .setLeaseMs(750)
                        .setHolderIncarnation("a1b2"))
                .build();
    }

    static Envelope promiseRequest(long term) {
        return Envelope.newBuilder()
                .setPromiseRequest(PromiseRequest.newBuilder()
                        .setTerm(term)
                        .setRecordVersion("12345")
                        .setCandidate("m2"))
                .build();
    }

    static Envelope report(String reason) {
        return Envelope.newBuilder()
                .setMemberReport(MemberReport.newBuilder()
                        .setMember("m1")
                        .setVoterId("v1")
                        .setIncarnation("i1")
                        .setDataId("d1")
                        .setRole(Role.ROLE_STANDBY)
                        .setServer(ServerState.SERVER_STATE_RUNNING)
                        .setReceived(POSITION)
                        .setReplayed(POSITION)
                        .setFollowing("m2")
                        .setStreaming(true)
                        .setSystemIdentifier("7300000000000000000")
                        .setPostgresAddress("10.0.0.1:5432")
                        .setAdminAddress("10.0.0.1:8008")
                        .setPriority(-1)
                        .setNofailover(true)
                        .setTermSeen(8)
                        .setPermitUntilMs(5)
                        .setRule("12 follow")
                        .setReason(reason)
                        .setReplayLagMs(3)
                        .setPostgresVersion("15.8")
                        .setAgentVersion("0.1.0")
                        .setCascaded(true)
                        .setPromisedTerm(7)
                        .setReach(POSITION)
                        .setReachPrimary(true))
                .build();
    }

    /** One of each kind. */
    static List<Envelope> all() {
        return List.of(
                envelope(hello("demo", "m1", 5)),
                Envelope.newBuilder()
                        .setHelloRefused(HelloRefused.newBuilder()
                                .setReason(HelloRefused.Reason.REASON_OTHER_CLUSTER)
                                .setText("another"))
                        .build(),
                Envelope.newBuilder()
                        .setSuperseded(Superseded.getDefaultInstance())
                        .build(),
                Envelope.newBuilder()
                        .setKeepAlive(KeepAlive.getDefaultInstance())
                        .build(),
                heartbeat(9),
                Envelope.newBuilder()
                        .setHeartbeatAck(HeartbeatAck.newBuilder()
                                .setTerm(8)
                                .setSequence(9)
                                .setSentMs(123456789)
                                .setLeaseMs(750)
                                .setVoterId("v1")
                                .setPosition(POSITION))
                        .build(),
                Envelope.newBuilder()
                        .setHeartbeatRefused(HeartbeatRefused.newBuilder()
                                .setTerm(8)
                                .setPromisedTerm(8)
                                .setReason("promised"))
                        .build(),
                promiseRequest(8),
                Envelope.newBuilder()
                        .setPromise(Promise.newBuilder()
                                .setTerm(8)
                                .setVoterId("v1")
                                .setPosition(POSITION)
                                .setDataId("d1")
                                .setEligible(true)
                                .setReasonNotEligible("none")
                                .setPriority(1))
                        .build(),
                report("well"),
                Envelope.newBuilder()
                        .setReportRequest(ReportRequest.getDefaultInstance())
                        .build(),
                Envelope.newBuilder()
                        .setWalOffer(WalOffer.newBuilder().setTerm(8).setEnd(POSITION))
                        .build(),
                Envelope.newBuilder()
                        .setWalRefusal(WalRefusal.newBuilder()
                                .setTerm(8)
                                .setEnd(POSITION)
                                .setReason("none"))
                        .build(),
                Envelope.newBuilder()
                        .setWalRequest(WalRequest.newBuilder()
                                .setTimeline(2)
                                .setLsn(0x3000060)
                                .setLength(512))
                        .build(),
                Envelope.newBuilder()
                        .setWal(Wal.newBuilder()
                                .setTimeline(2)
                                .setLsn(0x3000060)
                                .setContent(ByteString.copyFromUtf8("bytes of a log")))
                        .build(),
                Envelope.newBuilder()
                        .setFarewell(Farewell.newBuilder().setMember("m1").setReason("stop"))
                        .build());
    }
}
