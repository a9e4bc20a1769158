package io.pgmahout.agent.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmahout.agent.ha.Message;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.WalPiece;
import io.pgmahout.agent.model.WalPosition;
import io.pgmahout.agent.model.WalRange;
import io.pgmahout.protocol.PeerIdentity;
import io.pgmahout.protocol.v1.Envelope;
import io.pgmahout.protocol.v1.Wal;
import io.pgmahout.protocol.v1.WalOffer;
import io.pgmahout.protocol.v1.WalRequest;
import org.junit.jupiter.api.Test;

/** What is said of a crashed primary's last WAL, on the wire and back. */
class WireTest {

    private static final PeerIdentity PEER = new PeerIdentity("m1", "v1", "i1", 1, 1, "", "", "", "1");
    private static final WalPosition END = new WalPosition(new Term(3), new Timeline(2), Lsn.parse("A/FFFFFFF8"));

    @Test
    void offersAndRefusalsComeAsTheyWent() {
        Message offer = new Message.WalOffer(new Term(3), END);
        Message refusal = new Message.WalRefusal(new Term(3), END, "it is tagged nofailover");
        for (Message message : new Message[] {offer, refusal}) {
            assertThat(Wire.decode(PEER, Wire.encode(message))).contains(message);
        }
    }

    @Test
    void anOfferOfNothingIsNone() {
        Envelope offer = Envelope.newBuilder()
                .setWalOffer(WalOffer.newBuilder().setTerm(3))
                .build();
        assertThatThrownBy(() -> Wire.decode(PEER, offer)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void piecesComeAsTheyWent() {
        WalRange range = new WalRange(new Timeline(2), Lsn.parse("A/FFFFFFF8"), WalRange.MAX_LENGTH);
        assertThat(Wire.decode(Wire.encode(range).getWalRequest())).isEqualTo(range);
        WalPiece piece = new WalPiece(range.timeline(), range.from(), new byte[] {1, -1, 0});
        WalPiece back = Wire.decode(Wire.encode(piece).getWal());
        assertThat(back.timeline()).isEqualTo(piece.timeline());
        assertThat(back.from()).isEqualTo(piece.from());
        assertThat(back.content()).isEqualTo(piece.content());
    }

    @Test
    void nobodyAsksForMoreThanAPiece() {
        for (int length : new int[] {0, -1, WalRange.MAX_LENGTH + 1, Integer.MAX_VALUE}) {
            WalRequest request =
                    WalRequest.newBuilder().setTimeline(2).setLength(length).build();
            assertThatThrownBy(() -> Wire.decode(request)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Wire.decode(Wal.getDefaultInstance())).isInstanceOf(IllegalArgumentException.class);
    }
}
