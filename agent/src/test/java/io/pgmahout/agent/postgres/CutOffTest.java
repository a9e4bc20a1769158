package io.pgmahout.agent.postgres;

import static io.pgmahout.agent.postgres.Members.FIRST;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.ServerAction;
import io.pgmahout.agent.ha.ServerFacts;
import io.pgmahout.agent.model.DataId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a gate, a server and a data directory go through when something ends in the middle. */
@ExtendWith(AsPostgres.class)
class CutOffTest {

    @RegisterExtension
    private final Members members = new Members();

    @Test
    void onAMountPointWhatIsKeptIsNotRewoundAway() throws Exception {
        TestMember one = members.primary("one");
        Path mountPoint = Files.createDirectories(members.base().resolve("two/data"));
        Files.setPosixFilePermissions(mountPoint, PosixFilePermissions.fromString("rwx------"));
        TestMember two = members.standby(members.member(new TestMember(members.base(), "two", mountPoint, true)), one);
        two.done(new ServerAction.Stop(true, 20_000));
        two.done(new ServerAction.Clone(one.source(), new DataId("second"), FIRST));
        assertThat(mountPoint.resolve("pgmahout-aside/PG_VERSION")).exists();
        Event.ActionEnded rewound = two.act(new ServerAction.Rewind(one.source(), new DataId("rewound"), FIRST));
        assertThat(rewound.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(rewound.detail()).contains("pgmahout-aside");
        assertThat(Objects.requireNonNull(rewound.data()).data()).isEqualTo(new DataId("second"));
        // What a member keeps is not for those who clone it.
        two.done(new ServerAction.StartStandby(one.source(), FIRST));
        two.probed(ServerFacts::streaming);
        TestMember three = members.member("three");
        three.done(new ServerAction.Clone(two.source(), new DataId("data-three"), FIRST));
        assertThat(three.data.resolve("pgmahout-aside")).doesNotExist();
        two.done(new ServerAction.Forget());
        assertThat(mountPoint.resolve("pgmahout-aside")).doesNotExist();
    }
}
