package io.pgmahout.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmahout.protocol.Outbox.Added;
import org.junit.jupiter.api.Test;

final class OutboxTest {
    private final Outbox outbox = new Outbox(2);

    @Test
    void theNewestHeartbeatGoesFirstWhateverWaits() {
        outbox.add(MessageKind.MEMBER_REPORT, Messages.report("old"));
        outbox.add(MessageKind.ORDERED, Messages.promiseRequest(1));
        outbox.add(MessageKind.HEARTBEAT, Messages.heartbeat(1));
        assertThat(outbox.add(MessageKind.HEARTBEAT, Messages.heartbeat(2))).isEqualTo(Added.REPLACED_OLDER);
        assertThat(outbox.add(MessageKind.MEMBER_REPORT, Messages.report("new")))
                .isEqualTo(Added.REPLACED_OLDER);
        assertThat(outbox.poll()).isEqualTo(Messages.heartbeat(2));
        assertThat(outbox.poll()).isEqualTo(Messages.promiseRequest(1));
        assertThat(outbox.poll()).isEqualTo(Messages.report("new"));
        assertThat(outbox.poll()).isNull();
        assertThat(outbox.isEmpty()).isTrue();
    }

    @Test
    void aFullQueueDropsItsOldest() {
        assertThat(outbox.add(MessageKind.ORDERED, Messages.promiseRequest(1))).isEqualTo(Added.QUEUED);
        assertThat(outbox.add(MessageKind.ORDERED, Messages.promiseRequest(2))).isEqualTo(Added.QUEUED);
        assertThat(outbox.add(MessageKind.ORDERED, Messages.promiseRequest(3))).isEqualTo(Added.DROPPED_OLDEST);
        assertThat(outbox.poll()).isEqualTo(Messages.promiseRequest(2));
        assertThat(outbox.poll()).isEqualTo(Messages.promiseRequest(3));
        assertThat(outbox.poll()).isNull();
    }

    @Test
    void theTransportsOwnMessagesDoNotPass() {
        assertThatThrownBy(() -> outbox.add(MessageKind.INTERNAL, Messages.all().getFirst()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
