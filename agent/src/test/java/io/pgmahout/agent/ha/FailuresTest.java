package io.pgmahout.agent.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.MemberName;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailuresTest {
    private static final Source SOURCE = new Source(new MemberName("p"), "p:5432");
    private static final ServerAction REWIND = new ServerAction.Rewind(SOURCE, new DataId("d"), List.of());

    /** The WAL was missed from the old place on; a rewound server starts from another. */
    @Test
    void aRewindThatWorkedEndsTheSearchForLostWal() {
        Failures gone = Failures.NONE.walIsGone();
        assertThat(gone.after(REWIND, Outcome.FAILED, 0).walGone()).isTrue();
        assertThat(gone.after(REWIND, Outcome.DONE, 0).walGone()).isFalse();
    }
}
