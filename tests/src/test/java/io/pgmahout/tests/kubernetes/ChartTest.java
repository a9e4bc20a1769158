package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the chart renders, and what it refuses, with both versions of Helm. */
final class ChartTest {

    static final boolean WRITE = "write".equals(System.getProperty("pgmahout.chart"));
    private static final Path GOLDEN = Path.of("src/test/resources/chart").toAbsolutePath();

    /** What is made anew each time. */
    private static final Pattern RANDOM =
            Pattern.compile("(?m)^  (password|superuser|replication|admin-token|uri|tls\\.crt|tls\\.key): .*$");

    private static final Pattern EMPTY_LINES = Pattern.compile("(?m)^\\s*\\n");

    /** The value sets of the golden files; each begins with its name. */
    static Stream<List<String>> sets() {
        return Stream.of(
                List.of("defaults"),
                List.of(
                        "everything",
                        "replicas=5",
                        "cluster=zoo",
                        "ipv6=true",
                        "postgres.parameters.shared_buffers=1GB",
                        "postgres.parameters.jit=false",
                        "postgres.image.tag=16",
                        "postgres.uid=26,postgres.gid=26",
                        "imagePullSecrets[0]=registry",
                        "storage.class=fast,storage.size=100Gi,storage.whenScaled=Delete",
                        "storage.annotations.backup=daily",
                        "storage.wal.size=20Gi,storage.wal.class=faster,storage.wal.annotations.backup=hourly",
                        "{bootstrap.sql={\"10-tables.sql\":\"CREATE TABLE animals (name text);\"}",
                        "settings.rebuild\\.max-rate=50MB,settings.member\\.priority=200",
                        "failover.peerLease=500ms",
                        "services.rw.type=LoadBalancer,services.rw.loadBalancerSourceRanges[0]=10.0.0.0/8",
                        "services.ro.annotations.example\\.org/internal=yes",
                        "serviceAccount.annotations.example\\.org/role=db",
                        "antiAffinity=preferred",
                        "nodeSelector.disk=ssd",
                        "{tolerations=[{\"key\":\"database\",\"operator\":\"Exists\"}]",
                        "priorityClassName=important",
                        "updateStrategy=OnDelete",
                        "networkPolicy.enabled=true",
                        "{networkPolicy.clients=[{\"podSelector\":{\"matchLabels\":{\"app\":\"web\"}}}]",
                        "labels.estate=north,podLabels.team=keepers,podAnnotations.example\\.org/scrape=no",
                        "{extraVolumes=[{\"name\":\"more\",\"emptyDir\":{}}]",
                        "{postgres.extraVolumeMounts=[{\"name\":\"more\",\"mountPath\":\"/more\"}]",
                        "{postgres.extraEnv=[{\"name\":\"TZ\",\"value\":\"UTC\"}]",
                        "{extraContainers=[{\"name\":\"exporter\",\"image\":\"exporter:1\"}]"),
                List.of(
                        "secrets-of-yours",
                        "secrets.members=mine,secrets.owner=owners,tls.authority=authority,serviceAccount.name=keeper",
                        "tls.server=names-of-ours,serviceAccount.role=false"),
                List.of("cert-manager", "tls.issuer.name=root,tls.issuer.kind=ClusterIssuer,tls.days=365"),
                List.of(
                        "to-try-out",
                        "storage.ephemeral=true,storage.wal.size=1Gi,replicas=2,bootstrap.database=,bootstrap.owner=,antiAffinity=none",
                        "updateStrategy=RollingUpdate",
                        "podDisruptionBudget.enabled=false"));
    }

    /** {@code mvn test … -Dpgmahout.chart=write} writes the files; their diff is what a reviewer reads. */
    @ParameterizedTest
    @MethodSource("sets")
    void rendersTheGoldenFile(List<String> set) throws IOException {
        String[] values = set.subList(1, set.size()).toArray(String[]::new);
        Chart.Ran oldest = Chart.Helm.OLDEST.template(values);
        Chart.Ran newest = Chart.Helm.NEWEST.template(values);
        assertThat(oldest.status()).as(oldest.errors()).isZero();
        assertThat(newest.status()).as(newest.errors()).isZero();
        String rendered = withoutRandom(oldest.output());
        assertThat(withoutRandom(newest.output())).isEqualTo(rendered);
        Path golden = GOLDEN.resolve(set.getFirst() + ".yaml");
        if (WRITE) {
            Files.writeString(golden, rendered);
        }
        assertThat(rendered).isEqualTo(Files.readString(golden));
    }

    @Test
    void makesOtherPasswordsAndAnotherAuthorityForEachCluster() {
        String one = Chart.Helm.NEWEST.template().output();
        String other = Chart.Helm.NEWEST.template().output();
        List<String> secrets = RANDOM.matcher(one)
                .results()
                .map(found -> found.group().strip())
                .toList();
        assertThat(secrets).hasSize(7).doesNotHaveDuplicates();
        assertThat(other).doesNotContain(secrets);
    }

    @ParameterizedTest
    @EnumSource
    void isFoundGoodByLint(Chart.Helm helm) {
        Chart.Ran ran = helm.run("lint", "--strict", Chart.DIRECTORY.toString());
        assertThat(ran.status()).as(ran.output() + ran.errors()).isZero();
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                refusal("replica=3", "replica"),
                refusal("replicas=0", "replicas"),
                refusal("replicas=two", "replicas"),
                refusal("postgres.image.name=x", "name"),
                refusal("{postgres.image.tag=17.4", "tag"),
                refusal("agent.resources.limits.cpu=1", "cpu"),
                refusal("services.rw.type=ExternalName", "type"),
                refusal("services.other.type=ClusterIP", "other"),
                refusal("storage.accessModes[0]=ReadWriteMany", "accessModes"),
                refusal("storage.wal.class=fast", "none of without storage.wal.size"),
                refusal("storage.wal.size=much", "wal"),
                refusal("settings.postgres\\.wal-directory=/wal", "is set by the chart: use the value"),
                refusal("failover.leaseDuration=1500ms", "leaseDuration"),
                refusal("updateStrategy=Recreate", "updateStrategy"),
                refusal("settings.fsync=off", "match pattern"),
                refusal("cluster=1st", "A cluster's name begins with a letter"),
                refusal("cluster=" + "x".repeat(53), "at most 52 characters"),
                refusal("storage.ephemeral=true,replicas=1", "One member on an emptyDir loses all data"),
                refusal("bootstrap.owner=", "set both, or neither"),
                refusal("bootstrap.owner=,bootstrap.database=,secrets.owner=mine", "which is not set"),
                refusal("bootstrap.method=adopt,bootstrap.sql.a=b", "not in one that is adopted"),
                refusal("tls.authority=mine,tls.issuer.name=root", "set one of them"),
                refusal("{networkPolicy.clients=[{}]", "has no effect while networkPolicy.enabled is false"),
                refusal("services.ro.loadBalancerSourceRanges[0]=10.0.0.0/8", "is for the type LoadBalancer"),
                refusal("postgres.parameters.ssl=off", "is set by the chart: see tls"),
                refusal("labels.pgmahout\\.io/role=primary", "labels has pgmahout.io/role, which is set by"),
                refusal("podLabels.app\\.kubernetes\\.io/name=web", "podLabels has app.kubernetes.io/name"),
                refusal("settings.failover\\.peer-lease-max=5s", "is set by the chart: use the value"),
                refusal("settings.log\\.level=debug", "is set by the chart: use the value"),
                refusal("settings.gossip\\.listen=0.0.0.0:1", "is set by the chart: use the value"));
    }

    private static Arguments refusal(String value, String reason) {
        return Arguments.of(value, reason);
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesWithAReason(String value, String reason) {
        for (Chart.Helm helm : Chart.Helm.values()) {
            Chart.Ran ran = helm.template(value);
            assertThat(ran.status()).as("%s with %s", helm, value).isNotZero();
            assertThat(ran.errors()).contains(reason);
        }
    }

    /** Written anew with {@code -Dpgmahout.chart=write}, too. */
    @Test
    void hasAPageThatTellsOfItsValues() throws IOException {
        Path page = Chart.DIRECTORY.resolve("README.md");
        String made = ValuesPage.of(Files.readAllLines(Chart.DIRECTORY.resolve("values.yaml")));
        if (WRITE) {
            Files.writeString(page, made);
        }
        assertThat(made).isEqualTo(Files.readString(page));
        assertThat(made.lines()).noneMatch(row -> row.endsWith("|  |"));
    }

    private static String withoutRandom(String rendered) {
        String named = RANDOM.matcher(rendered).replaceAll("  $1: (made)");
        // The two differ in empty lines alone.
        return EMPTY_LINES.matcher(named).replaceAll("");
    }
}
