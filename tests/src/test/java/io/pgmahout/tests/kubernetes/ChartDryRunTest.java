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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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

    private static Chart.Ran kubectl(String... arguments) {
        return Chart.run(Stream.concat(
                        Stream.of(ApiServer.programs().resolve("kubectl").toString(), "--kubeconfig=" + admin),
                        Stream.of(arguments))
                .toList());
    }
}
