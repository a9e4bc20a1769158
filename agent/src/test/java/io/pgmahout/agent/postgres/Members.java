package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.ServerAction;
import io.pgmahout.agent.ha.ServerFacts;
import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The members of one test, in a directory of its own; all end with it. */
final class Members implements BeforeEachCallback, AfterEachCallback {

    /** The history of a cluster that was never led anew. */
    static final List<Branch> FIRST = List.of(new Branch(Term.FIRST, Timeline.FIRST, Lsn.ZERO));

    private final List<TestMember> members = new ArrayList<>();
    private Path base = Path.of("/");

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        base = Files.createTempDirectory("pgmahout");
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        members.forEach(TestMember::close);
        DurableFile.deleteTree(base);
    }

    Path base() {
        return base;
    }

    TestMember member(String name) throws IOException {
        return member(new TestMember(base, name));
    }

    TestMember member(TestMember member) {
        members.add(member);
        member.gate(g -> true);
        return member;
    }

    TestMember primary(String name) throws IOException {
        TestMember member = member(name);
        member.done(new ServerAction.Initialize(new DataId("data-" + name), Term.FIRST));
        member.permit();
        member.done(new ServerAction.StartPrimary(null));
        member.done(new ServerAction.Furnish());
        return member;
    }

    TestMember standby(String name, TestMember of) throws IOException {
        return standby(member(name), of);
    }

    TestMember standby(TestMember member, TestMember of) {
        of.keepSlotFor(member);
        member.done(member.clone(of, "data-" + member.name, FIRST));
        member.done(new ServerAction.StartStandby(of.source(), FIRST));
        member.probed(ServerFacts::streaming);
        return member;
    }
}
