package io.pgmahout.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.protocol.HelloCheck.Outcome;
import io.pgmahout.protocol.v1.Hello;
import io.pgmahout.protocol.v1.HelloRefused.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HelloCheckTest {
    private final HelloCheck check = new HelloCheck(Messages.identity("demo", "m1"), 1);
    private final Hello good = Messages.hello("demo", "m2", 2);

    @Test
    void aPeerOfTheSameClusterIsAccepted() {
        assertThat(check.check(good, null)).isInstanceOfSatisfying(Outcome.Accepted.class, accepted -> {
            assertThat(accepted.peer().member()).isEqualTo("m2");
            assertThat(accepted.peer().voterId()).isEqualTo("voter-m2");
            assertThat(accepted.peer().protocol()).isEqualTo(1);
        });
    }

    @Test
    void aNewerVersionThatStillSpeaksOursIsAccepted() {
        assertThat(check.check(good.toBuilder().setProtocolMax(9).build(), null))
                .isInstanceOfSatisfying(
                        Outcome.Accepted.class,
                        accepted -> assertThat(accepted.peer().protocol()).isEqualTo(1));
    }

    @Test
    void refusals() {
        refused(good.toBuilder().setProtocolMin(2).setProtocolMax(3).build(), Reason.REASON_UNSUPPORTED_VERSION);
        refused(good.toBuilder().setProtocolMin(0).build(), Reason.REASON_MALFORMED);
        refused(good.toBuilder().setProtocolMin(-1).setProtocolMax(-1).build(), Reason.REASON_MALFORMED);
        refused(good.toBuilder().setCluster("other").build(), Reason.REASON_OTHER_CLUSTER);
        refused(good.toBuilder().setMember("").build(), Reason.REASON_MALFORMED);
        refused(good.toBuilder().setMember("a b").build(), Reason.REASON_MALFORMED);
        refused(good.toBuilder().setMember("x".repeat(64)).build(), Reason.REASON_MALFORMED);
        refused(good.toBuilder().setVoterId("").build(), Reason.REASON_MALFORMED);
        refused(good.toBuilder().setIncarnation("\n").build(), Reason.REASON_MALFORMED);
        refused(good.toBuilder().setAgentVersion("\u001b[31m").build(), Reason.REASON_MALFORMED);
        refused(good.toBuilder().setMember("m1").build(), Reason.REASON_NAME_TAKEN);
        refused(good.toBuilder().setMember("m1").setVoterId("voter-m1").build(), Reason.REASON_NAME_TAKEN);
        refused(good.toBuilder().setMember("m1").setSession(1).build(), Reason.REASON_SELF);
    }

    @Test
    void aCertificateMustNameMemberAndCluster() {
        accepted(names("demo", "m2", List.of(), List.of()));
        accepted(names("demo", "host", List.of("m2"), List.of()));
        accepted(names("demo", "host", List.of(), List.of("pgmahout://demo/m2")));
        refusedCertificate(names("other", "m2", List.of("m2"), List.of()));
        refusedCertificate(names("demo", "m3", List.of("m3"), List.of()));
        // A host that happens to be called like another member is not that member.
        refusedCertificate(names("demo", "m2", List.of("m2"), List.of("pgmahout://demo/m3")));
        refusedCertificate(names("demo", "m2", List.of("m2"), List.of("pgmahout://other/m2")));
    }

    private void accepted(CertificateNames names) {
        assertThat(check.check(good, names)).isInstanceOf(Outcome.Accepted.class);
    }

    private void refusedCertificate(CertificateNames names) {
        assertThat(check.check(good, names))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.REASON_CERTIFICATE));
    }

    private void refused(Hello hello, Reason reason) {
        assertThat(check.check(hello, null)).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(reason);
            assertThat(LocalIdentity.isText(refused.text())).isTrue();
        });
    }

    private static CertificateNames names(
            String organization, String commonName, List<String> dnsNames, List<String> uris) {
        return new CertificateNames(List.of(organization), List.of(commonName), dnsNames, uris);
    }
}
