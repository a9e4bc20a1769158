package io.pgmahout.agent.gossip;

import io.pgmahout.agent.ha.Hearers;
import io.pgmahout.agent.ha.Message;
import io.pgmahout.agent.ha.Reach;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.VoterId;
import io.pgmahout.agent.model.WalPiece;
import io.pgmahout.agent.model.WalPosition;
import io.pgmahout.agent.model.WalRange;
import io.pgmahout.fuzz.Target;
import io.pgmahout.protocol.PeerIdentity;
import io.pgmahout.protocol.v1.Envelope;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a member that was taken in says: envelopes, each after its length as a varint. */
public final class MessagesTarget implements Target {

    private static final PeerIdentity PEER = new PeerIdentity("c", "v-c", "g-c1", 1, 1, "", "", "", "1");
    private static final WalPosition END = new WalPosition(new Term(3), new Timeline(2), Lsn.parse("0/5000"));

    private @Nullable Hearers cluster;

    @Override
    public String name() {
        return "messages";
    }

    @Override
    public String promise() {
        return "A message makes sense or is refused as a whole, and none ends an agent, binds it for longer than the longest lease"
                + " that can be configured, or makes terms run out.";
    }

    @Override
    public List<byte[]> seeds() {
        List<Envelope> all = new ArrayList<>();
        for (Message message : List.of(
                new Message.Heartbeat(new Term(3), 7, 1_000_000, 750, END),
                new Message.HeartbeatAck(new Term(3), 7, 1_000_000, 750, END),
                new Message.HeartbeatRefused(new Term(3), new Term(3)),
                new Message.PromiseRequest(new Term(3)),
                new Message.Promise(new Term(3), new VoterId("v-c"), END, null, 5, null, true),
                new Message.ReportRequest(),
                new Message.WalOffer(new Term(3), END),
                new Message.WalRefusal(new Term(3), END, "none"),
                new Message.Farewell())) {
            all.add(Wire.encode(message));
        }
        all.add(Envelope.newBuilder()
                .setMemberReport(ReportWire.encode(ReportWireTest.report(new Reach(END, true))))
                .build());
        all.add(Wire.encode(new WalRange(new Timeline(2), END.lsn(), 100)));
        all.add(Wire.encode(new WalPiece(new Timeline(2), END.lsn(), new byte[] {1, 2, 3})));
        List<byte[]> seeds =
                new ArrayList<>(all.stream().map(one -> bytes(List.of(one))).toList());
        seeds.add(bytes(all));
        for (Envelope envelope : all) {
            Variations.of(envelope).forEach(variation -> seeds.add(bytes(List.of(variation))));
        }
        return seeds;
    }

    @Override
    public int rehearsals() {
        return 3_000;
    }

    /** Each message is some steps of two cores. */
    @Override
    public long allocationBytes(int inputBytes) {
        return (32L << 20) + 200_000L * inputBytes;
    }

    @Override
    public void read(byte[] input) throws IOException {
        Hearers hearers = hearers();
        ByteArrayInputStream in = new ByteArrayInputStream(input);
        for (Envelope envelope = next(in); envelope != null; envelope = next(in)) {
            heard(envelope).ifPresent(hearers::hear);
        }
    }

    private static Optional<Message> heard(Envelope envelope) {
        try {
            switch (envelope.getBodyCase()) {
                case WAL_REQUEST -> Wire.decode(envelope.getWalRequest());
                case WAL -> Wire.decode(envelope.getWal());
                default -> {}
            }
            return Wire.decode(PEER, envelope);
        } catch (IllegalArgumentException refused) {
            return Optional.empty();
        }
    }

    private Hearers hearers() {
        Hearers running = cluster == null ? Hearers.ofACluster() : cluster;
        cluster = running;
        return running.fresh();
    }

    private static @Nullable Envelope next(ByteArrayInputStream in) {
        try {
            return Envelope.parseDelimitedFrom(in);
        } catch (IOException noEnvelope) {
            return null;
        }
    }

    private static byte[] bytes(List<Envelope> envelopes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            for (Envelope envelope : envelopes) {
                envelope.writeDelimitedTo(out);
            }
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return out.toByteArray();
    }
}
