package io.pgmahout.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.admin.AdminOptions;
import io.pgmahout.agent.admin.FakeOperations;
import io.pgmahout.agent.admin.ServerUnderTest;
import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.ha.MemberReport.ServerState;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.protocol.Certificates;
import io.pgmahout.protocol.PemContext;
import io.pgmahout.protocol.RenewedContext;
import io.pgmahout.protocol.TlsFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TlsTest {

    private static final AdminOptions.Limits PATIENT =
            new AdminOptions.Limits(1_024, 4_096, 8, 10_000, 10_000, 5_000, 10_000, 50);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void agentsAndCommandsTrustTheClustersAuthorityAlone() throws Exception {
        Path ours = Certificates.createAuthority(directory.resolve("ours"), "demo", Duration.ofDays(1));
        Path others = Certificates.createAuthority(directory.resolve("others"), "demo", Duration.ofDays(1));
        String token =
                Files.writeString(directory.resolve("token"), "right-token").toString();
        try (ServerUnderTest m1 = server(FakeOperations.M1, ours);
                ServerUnderTest m2 = server(FakeOperations.M2, ours)) {
            m2.operations.change(FakeOperations.M1, Role.PRIMARY, ServerState.RUNNING, m1.address());
            String[] trusted = {"pause", "--admin", m2.address(), "--token-file", token, "--ca-file", ours.toString()};
            Ran ran = Ran.of(trusted);
            assertThat(ran.code()).as(ran.err()).isZero();
            assertThat(m1.operations.submitted()).as("passed on by TLS").hasSize(1);
            trusted[6] = others.toString();
            Ran stranger = Ran.of(trusted);
            assertThat(stranger.code()).isEqualTo(ExitCode.UNREACHABLE.code());
            assertThat(stranger.err()).contains("cannot be trusted");
            trusted[6] = token;
            assertThat(Ran.of(trusted).code()).as("no certificate").isEqualTo(ExitCode.USAGE.code());
            assertThat(Ran.of("status", "--admin", m1.address()).code())
                    .as("in the clear")
                    .isEqualTo(ExitCode.UNREACHABLE.code());
        }
    }

    private static ServerUnderTest server(MemberName member, Path authority) throws Exception {
        TlsFiles files = Certificates.createMember(
                Objects.requireNonNull(authority.getParent()),
                "demo",
                member.value(),
                List.of("127.0.0.1"),
                Duration.ofDays(1));
        return new ServerUnderTest(
                new FakeOperations(member),
                new AdminOptions(
                        member,
                        ServerUnderTest.anyPort(),
                        () -> Optional.of("right-token"),
                        Optional.of(new RenewedContext(files)),
                        Optional.of(PemContext.trusting(authority)),
                        PATIENT));
    }
}
