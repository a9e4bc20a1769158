package io.pgmahout.agent.gossip;

import com.google.protobuf.ByteString;
import io.pgmahout.agent.ha.Message;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.VoterId;
import io.pgmahout.agent.model.WalPiece;
import io.pgmahout.agent.model.WalPosition;
import io.pgmahout.agent.model.WalRange;
import io.pgmahout.protocol.PeerIdentity;
import io.pgmahout.protocol.v1.Envelope;
import io.pgmahout.protocol.v1.Farewell;
import io.pgmahout.protocol.v1.Heartbeat;
import io.pgmahout.protocol.v1.HeartbeatAck;
import io.pgmahout.protocol.v1.HeartbeatRefused;
import io.pgmahout.protocol.v1.Position;
import io.pgmahout.protocol.v1.Promise;
import io.pgmahout.protocol.v1.PromiseRequest;
import io.pgmahout.protocol.v1.ReportRequest;
import io.pgmahout.protocol.v1.Wal;
import io.pgmahout.protocol.v1.WalOffer;
import io.pgmahout.protocol.v1.WalRefusal;
import io.pgmahout.protocol.v1.WalRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Translates between the core's messages and the protocol's envelopes. */
final class Wire {

    /** The failsafe's, a third of the longest failover.lease-duration: whoever acknowledges a lease is bound by it. */
    static final long LONGEST_LEASE_MS = 100_000;

    static final long GREATEST_TERM = 1L << 62;

    private Wire() {}

    static Envelope encode(Message message) {
        Envelope.Builder envelope = Envelope.newBuilder();
        return switch (message) {
            case Message.Heartbeat heartbeat ->
                envelope.setHeartbeat(encode(heartbeat)).build();
            case Message.HeartbeatAck ack ->
                envelope.setHeartbeatAck(encode(ack)).build();
            case Message.HeartbeatRefused refused ->
                envelope.setHeartbeatRefused(HeartbeatRefused.newBuilder()
                                .setTerm(refused.term().value())
                                .setPromisedTerm(refused.promised().value()))
                        .build();
            case Message.PromiseRequest request ->
                envelope.setPromiseRequest(PromiseRequest.newBuilder()
                                .setTerm(request.term().value()))
                        .build();
            case Message.Promise promise -> envelope.setPromise(encode(promise)).build();
            case Message.ReportRequest request ->
                envelope.setReportRequest(ReportRequest.getDefaultInstance()).build();
            case Message.Report report ->
                envelope.setMemberReport(ReportWire.encode(report.report())).build();
            case Message.WalOffer offer ->
                envelope.setWalOffer(WalOffer.newBuilder()
                                .setTerm(offer.term().value())
                                .setEnd(encode(offer.end())))
                        .build();
            case Message.WalRefusal refusal ->
                envelope.setWalRefusal(WalRefusal.newBuilder()
                                .setTerm(refusal.term().value())
                                .setEnd(encode(refusal.end()))
                                .setReason(refusal.reason()))
                        .build();
            case Message.Farewell farewell ->
                envelope.setFarewell(Farewell.getDefaultInstance()).build();
        };
    }

    /**
     * What a peer said; empty for what only newer versions know.
     *
     * @throws IllegalArgumentException if a value makes no sense
     */
    static Optional<Message> decode(PeerIdentity peer, Envelope envelope) {
        return switch (envelope.getBodyCase()) {
            case HEARTBEAT -> Optional.of(decode(envelope.getHeartbeat()));
            case HEARTBEAT_ACK -> Optional.of(decode(envelope.getHeartbeatAck()));
            case HEARTBEAT_REFUSED ->
                Optional.of(new Message.HeartbeatRefused(
                        term(envelope.getHeartbeatRefused().getTerm()),
                        term(envelope.getHeartbeatRefused().getPromisedTerm())));
            case PROMISE_REQUEST ->
                Optional.of(new Message.PromiseRequest(
                        term(envelope.getPromiseRequest().getTerm())));
            case PROMISE -> Optional.of(decode(envelope.getPromise()));
            case REPORT_REQUEST -> Optional.of(new Message.ReportRequest());
            case MEMBER_REPORT -> Optional.of(new Message.Report(ReportWire.decode(peer, envelope.getMemberReport())));
            case FAREWELL -> Optional.of(new Message.Farewell());
            case WAL_OFFER ->
                Optional.of(new Message.WalOffer(
                        term(envelope.getWalOffer().getTerm()),
                        known(envelope.getWalOffer().getEnd())));
            case WAL_REFUSAL ->
                Optional.of(new Message.WalRefusal(
                        term(envelope.getWalRefusal().getTerm()),
                        known(envelope.getWalRefusal().getEnd()),
                        envelope.getWalRefusal().getReason()));
            case WAL_REQUEST, WAL, HELLO, HELLO_REFUSED, SUPERSEDED, KEEP_ALIVE, BODY_NOT_SET -> Optional.empty();
        };
    }

    private static Heartbeat encode(Message.Heartbeat heartbeat) {
        return Heartbeat.newBuilder()
                .setTerm(heartbeat.term().value())
                .setSequence(heartbeat.sequence())
                .setSentMs(heartbeat.sentMs())
                .setLeaseMs(heartbeat.leaseMs())
                .setPosition(encode(heartbeat.position()))
                .build();
    }

    private static Message decode(Heartbeat heartbeat) {
        return new Message.Heartbeat(
                term(heartbeat.getTerm()),
                heartbeat.getSequence(),
                heartbeat.getSentMs(),
                lease(heartbeat.getLeaseMs()),
                decode(heartbeat.getPosition()));
    }

    private static HeartbeatAck encode(Message.HeartbeatAck ack) {
        return HeartbeatAck.newBuilder()
                .setTerm(ack.term().value())
                .setSequence(ack.sequence())
                .setSentMs(ack.sentMs())
                .setLeaseMs(ack.leaseMs())
                .setPosition(encode(ack.position()))
                .build();
    }

    private static Message decode(HeartbeatAck ack) {
        return new Message.HeartbeatAck(
                term(ack.getTerm()),
                ack.getSequence(),
                ack.getSentMs(),
                lease(ack.getLeaseMs()),
                decode(ack.getPosition()));
    }

    private static long lease(long leaseMs) {
        if (leaseMs < 1 || leaseMs > LONGEST_LEASE_MS) {
            throw new IllegalArgumentException("a lease has 1 to " + LONGEST_LEASE_MS + " ms, not " + leaseMs);
        }
        return leaseMs;
    }

    /** A term that leaves room for those that follow it. */
    static Term term(long value) {
        if (value > GREATEST_TERM) {
            throw new IllegalArgumentException("no cluster comes to term " + value);
        }
        return new Term(value);
    }

    private static Promise encode(Message.Promise promise) {
        Promise.Builder builder = Promise.newBuilder()
                .setTerm(promise.term().value())
                .setVoterId(promise.voter().value())
                .setPosition(encode(promise.position()))
                .setPriority(promise.priority())
                .setEligible(promise.obstacle() == null)
                .setSawHolder(promise.sawHolder());
        if (promise.obstacle() != null) {
            builder.setReasonNotEligible(promise.obstacle());
        }
        if (promise.data() != null) {
            builder.setDataId(promise.data().value());
        }
        return builder.build();
    }

    private static Message decode(Promise promise) {
        return new Message.Promise(
                term(promise.getTerm()),
                new VoterId(promise.getVoterId()),
                decode(promise.getPosition()),
                promise.getDataId().isEmpty() ? null : new DataId(promise.getDataId()),
                promise.getPriority(),
                promise.getEligible() ? null : promise.getReasonNotEligible(),
                promise.getSawHolder());
    }

    static Envelope encode(WalRange range) {
        return Envelope.newBuilder()
                .setWalRequest(WalRequest.newBuilder()
                        .setTimeline(range.timeline().id())
                        .setLsn(range.from().value())
                        .setLength(range.length()))
                .build();
    }

    static Envelope encode(WalPiece piece) {
        return Envelope.newBuilder()
                .setWal(Wal.newBuilder()
                        .setTimeline(piece.timeline().id())
                        .setLsn(piece.from().value())
                        .setContent(ByteString.copyFrom(piece.content())))
                .build();
    }

    static WalRange decode(WalRequest request) {
        return new WalRange(new Timeline(request.getTimeline()), new Lsn(request.getLsn()), request.getLength());
    }

    static WalPiece decode(Wal piece) {
        return new WalPiece(
                new Timeline(piece.getTimeline()),
                new Lsn(piece.getLsn()),
                piece.getContent().toByteArray());
    }

    private static WalPosition known(Position position) {
        WalPosition known = decode(position);
        if (known == null) {
            throw new IllegalArgumentException("a position that must be known is not");
        }
        return known;
    }

    static Position encode(@Nullable WalPosition position) {
        return position == null
                ? Position.getDefaultInstance()
                : Position.newBuilder()
                        .setKnown(true)
                        .setBranchTerm(position.term().value())
                        .setTimeline(position.timeline().id())
                        .setLsn(position.lsn().value())
                        .build();
    }

    static @Nullable WalPosition decode(Position position) {
        return position.getKnown()
                ? new WalPosition(
                        term(position.getBranchTerm()),
                        new Timeline(position.getTimeline()),
                        new Lsn(position.getLsn()))
                : null;
    }
}
