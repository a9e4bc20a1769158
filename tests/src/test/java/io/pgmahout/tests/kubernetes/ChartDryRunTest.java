package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.ApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A real API server takes what the chart renders, in a namespace whose pods must be of the restricted level. */
final class ChartDryRunTest {

    private static ApiServer api;
    private static Path admin;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        api = ApiServer.start();
        admin = api.kubeconfig("admin");
        Chart.Ran labelled = kubectl("label", "namespace", "databases", "pod-security.kubernetes.io/warn=restricted");
        assertThat(labelled.status()).as(labelled.errors()).isZero();
    }

    @AfterAll
    static void end() {
        api.close();
    }

    /** All but the one that needs the definitions that cert-manager brings. */
    static Stream<List<String>> sets() {
        return ChartTest.sets().filter(set -> !set.getFirst().equals("cert-manager"));
    }

    @ParameterizedTest
    @MethodSource("sets")
    void isTakenWithoutAWarning(List<String> set) throws IOException {
        // No account for pods is there, since nobody makes it, so those of the tests are left out.
        Chart.Ran rendered = Chart.Helm.NEWEST.template(
                Stream.concat(set.stream().skip(1), Stream.of("--skip-tests")).toArray(String[]::new));
        assertThat(rendered.status()).as(rendered.errors()).isZero();
        Path file = Files.writeString(directory.resolve("rendered.yaml"), rendered.output());
        Chart.Ran applied = kubectl("apply", "--dry-run=server", "--filename=" + file);
        assertThat(applied.status()).as(applied.errors()).isZero();
        List<String> warnings = applied.errors()
                .lines()
                // What is beside the chart's own containers is not the chart's.
                .filter(line -> !line.contains("exporter"))
                .toList();
        assertThat(warnings).isEmpty();
        assertThat(applied.output()).contains("statefulset.apps/", "created (server dry run)");
    }

    @Test
    void kustomizationIsTakenWithoutAWarning() throws IOException {
        Chart.Ran applied = kubectl(
                "apply", "--server-side", "--dry-run=server", "--kustomize=" + KustomizeTest.overlay(directory));
        assertThat(applied.status()).as(applied.errors()).isZero();
        assertThat(applied.errors()).isEmpty();
        assertThat(applied.output())
                .contains(
                        "statefulset.apps/pg serverside-applied",
                        "service/pg-rw ",
                        "rolebinding.rbac.authorization.k8s.io/pg ")
                .doesNotContain("secret/");
    }

    /** The commands of docs/kubernetes.md, as they stand there. */
    @Test
    void thePageWithoutHelmMakesTheSecretsThatThePodsWant() throws IOException {
        String page = Files.readString(Chart.home().resolve("docs/kubernetes.md"));
        String section = page.substring(page.indexOf("### Without Helm"));
        String commands = section.substring(section.indexOf("    openssl"), section.indexOf("Then `kubectl apply"));
        Path script = Files.writeString(
                directory.resolve("commands"),
                "set -eu\ncd " + directory + "\nexport KUBECONFIG=" + admin + " PATH=" + ApiServer.programs()
                        + ":$PATH\n" + commands);
        Chart.Ran ran = Chart.run(List.of("bash", script.toString()));
        assertThat(ran.status()).as(ran.errors()).isZero();
        try {
            assertThat(keys("pg-authority")).isEqualTo("tls.crt tls.key ");
            assertThat(keys("pg-members")).isEqualTo("admin-token replication superuser ");
            assertThat(keys("pg-app")).isEqualTo("password username ");
        } finally {
            // Helm would not make them over those of somebody else.
            kubectl("delete", "secret", "pg-authority", "pg-members", "pg-app");
        }
    }

    private static String keys(String secret) {
        return kubectl("get", "secret", secret, "--output=go-template={{range $key, $value := .data}}{{$key}} {{end}}")
                .output();
    }

    static Stream<Arguments> risks() {
        return Stream.of(
                Arguments.of("replicas=1", "NO FAILOVER: with one member"),
                Arguments.of("replicas=2", "SLOW FAILOVER: of two members"),
                Arguments.of("antiAffinity=preferred", "ONE NODE MAY HOLD ALL"),
                Arguments.of("antiAffinity=required", "where fewer than 3 take it, a pod stays Pending"),
                Arguments.of("storage.ephemeral=true", "DATA LOSS AHEAD"),
                Arguments.of("podDisruptionBudget.enabled=false", "DRAINS TAKE ALL AT ONCE"),
                Arguments.of("serviceAccount.role=false", "RIGHTS ARE YOURS TO GIVE"),
                Arguments.of("bootstrap.owner=,bootstrap.database=", "nothing to log in to"));
    }

    @ParameterizedTest
    @MethodSource("risks")
    void notesTellWhatIsRisky(String values, String warning) {
        assertThat(notes(values)).contains("kubectl pgmahout -n databases status", warning);
    }

    @Test
    void notesOfTheDefaultsWarnOfNothing() {
        assertThat(notes("replicas=3").lines())
                .contains("See it come up (role tells the primary from the standbys), and what it thinks:")
                .noneMatch(line -> line.matches("[A-Z]+ [A-Z ]+:.*"));
    }

    private static String notes(String values) {
        Chart.Ran ran = Chart.Helm.NEWEST.run(
                "install",
                "pg",
                Chart.DIRECTORY.toString(),
                "--dry-run=server",
                "--kubeconfig=" + admin,
                "--namespace=databases",
                "--set=" + values);
        assertThat(ran.status()).as(ran.errors()).isZero();
        return ran.output().substring(ran.output().indexOf("NOTES:"));
    }

    private static Chart.Ran kubectl(String... arguments) {
        return Chart.run(Stream.concat(
                        Stream.of(ApiServer.programs().resolve("kubectl").toString(), "--kubeconfig=" + admin),
                        Stream.of(arguments))
                .toList());
    }
}
