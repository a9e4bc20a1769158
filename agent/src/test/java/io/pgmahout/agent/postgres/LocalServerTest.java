package io.pgmahout.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.ServerAction;
import io.pgmahout.agent.ha.ServerFacts;
import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.WalPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(AsPostgres.class)
class LocalServerTest {

    private static final List<Branch> FIRST = List.of(new Branch(Term.FIRST, Timeline.FIRST, Lsn.ZERO));

    private final List<TestMember> members = new ArrayList<>();
    private Path base = Path.of("/");

    @BeforeEach
    void makeDirectory() throws IOException {
        base = Files.createTempDirectory("pgmahout");
    }

    @AfterEach
    void stopAll() throws IOException {
        members.forEach(TestMember::close);
        DurableFile.deleteTree(base);
    }

    private TestMember member(String name) throws IOException {
        TestMember member = new TestMember(base, name);
        members.add(member);
        member.gate(g -> true);
        return member;
    }

    private TestMember primary(String name) throws IOException {
        TestMember member = member(name);
        member.done(new ServerAction.Initialize(new DataId("data-" + name), Term.FIRST));
        member.permit();
        member.done(new ServerAction.StartPrimary());
        member.done(new ServerAction.Furnish());
        return member;
    }

    private TestMember standby(String name, TestMember of) throws IOException {
        TestMember member = member(name);
        member.done(new ServerAction.Clone(of.source(), new DataId("data-" + name), FIRST));
        member.done(new ServerAction.StartStandby(of.source(), FIRST));
        member.probed(ServerFacts::streaming);
        return member;
    }

    @Test
    void theWholeLifeOfTwoMembers() throws Exception {
        TestMember one = primary("one");
        ServerFacts facts = one.probed(f -> true);
        assertThat(facts.recovering()).isFalse();
        assertThat(facts.timeline()).isEqualTo(Timeline.FIRST);
        assertThat(facts.branchStart()).isEqualTo(Lsn.ZERO);
        assertThat(one.sql("app", "SELECT count(*) FROM owned")).isEqualTo("1");
        one.done(new ServerAction.Furnish());
        assertThat(one.sql("app", "SELECT count(*) FROM owned")).isEqualTo("1");
        assertThat(one.sql("SHOW data_checksums")).isEqualTo("on");

        TestMember two = standby("two", one);
        ServerFacts standby = two.probed(ServerFacts::streaming);
        assertThat(standby.recovering()).isTrue();
        assertThat(standby.following()).isEqualTo(one.name);
        assertThat(standby.nextTimeline()).isEqualTo(new Timeline(2));
        assertThat(standby.systemIdentifier()).isEqualTo(facts.systemIdentifier());
        assertThat(one.probed(f -> f.standbys().containsKey(two.name)).standbys())
                .hasSize(1);

        // A gap: what one writes after two withdrew is lost by the promotion.
        Event.Withdrawn withdrawn = two.withdraw();
        assertThat(withdrawn.outcome()).isEqualTo(Outcome.DONE);
        one.sql("CREATE TABLE lost (x int)");
        WalPosition position = Objects.requireNonNull(withdrawn.position());
        two.permit();
        two.done(new ServerAction.Promote(new Timeline(2), new Term(2)));
        ServerFacts leading = two.probed(f -> !f.recovering());
        assertThat(leading.timeline()).isEqualTo(new Timeline(2));
        assertThat(leading.branchStart()).isEqualTo(position.lsn());
        List<Branch> history = List.of(FIRST.getFirst(), new Branch(new Term(2), new Timeline(2), position.lsn()));

        one.killPostmaster();
        one.gate(g -> g.exit() != null);
        WalPosition end =
                Objects.requireNonNull(one.done(new ServerAction.FindEnd()).position());
        assertThat(end.lsn()).isGreaterThan(position.lsn());
        Event.ActionEnded rewound = one.done(new ServerAction.Rewind(two.source(), new DataId("rewound"), history));
        DataFacts after = Objects.requireNonNull(rewound.data());
        assertThat(after.data()).isEqualTo(new DataId("rewound"));
        assertThat(after.branches()).isEqualTo(Map.of(Timeline.FIRST, Term.FIRST, new Timeline(2), new Term(2)));
        assertThat(after.standbyFiles()).isTrue();
        one.done(new ServerAction.StartStandby(two.source(), history));
        ServerFacts back = one.probed(f -> f.streaming() && f.timeline().id() == 2);
        assertThat(back.following()).isEqualTo(two.name);
        assertThat(one.sql("SELECT count(*) FROM pg_class WHERE relname = 'lost'"))
                .isEqualTo("0");

        one.done(new ServerAction.Stop(true, 20_000));
        assertThat(one.done(new ServerAction.Clone(two.source(), new DataId("again"), history))
                        .data())
                .extracting(DataFacts::data)
                .isEqualTo(new DataId("again"));
        assertThat(one.root.resolve("data.aside")).exists();
        one.done(new ServerAction.StartStandby(two.source(), history));
        one.probed(ServerFacts::streaming);
        one.done(new ServerAction.Forget());
        assertThat(one.root.resolve("data.aside")).doesNotExist();
        secretsAreNowhere(one, two);
    }

    private static void secretsAreNowhere(TestMember... all) throws IOException {
        for (TestMember member : all) {
            String log = member.log();
            assertThat(log).contains("CREATE ROLE");
            for (String secret : List.of("se'cret", "se''cret", "ic:at", "owner-secret")) {
                assertThat(log).doesNotContain(secret);
            }
        }
    }
}
