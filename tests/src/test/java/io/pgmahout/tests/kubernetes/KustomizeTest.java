package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.ApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code helm/kustomize} has for those without Helm. */
final class KustomizeTest {

    static final Path DIRECTORY = Chart.home().resolve("helm/kustomize");

    @TempDir
    private Path directory;

    /** Written anew with {@code -Dpgmahout.chart=write}, as what the chart renders is. */
    @ParameterizedTest
    @EnumSource
    void isWhatTheChartMakes(Chart.Helm helm) throws IOException {
        Path wrapper = Files.writeString(directory.resolve("helm"), "#!/bin/sh\nexec " + helm.program() + " \"$@\"\n");
        assertThat(wrapper.toFile().setExecutable(true)).isTrue();
        Chart.Ran made = Chart.run(List.of(
                "env",
                "PATH=" + directory + ":" + System.getenv("PATH"),
                DIRECTORY.resolve("generate").toString()));
        assertThat(made.status()).as(made.errors()).isZero();
        Path file = DIRECTORY.resolve("pgmahout.yaml");
        if (ChartTest.WRITE) {
            Files.writeString(file, made.output());
        }
        assertThat(made.output()).isEqualTo(Files.readString(file));
    }

    @Test
    void hasNoSecretsAndNamesThoseThatItNeeds() throws IOException {
        assertThat(Files.readString(DIRECTORY.resolve("pgmahout.yaml")))
                .doesNotContain("kind: Secret", "PRIVATE KEY")
                .contains("secretName: pg-members", "secretName: pg-app", "secretName: pg-authority");
    }

    @Test
    void isPutIntoTheNamespaceAndGivenTheImageThatSomebodyWants() throws IOException {
        Chart.Ran ran = Chart.run(List.of(
                ApiServer.programs().resolve("kubectl").toString(),
                "kustomize",
                overlay(directory).toString()));
        assertThat(ran.status()).as(ran.errors()).isZero();
        assertThat(ran.output())
                .contains("image: registry.example/pgmahout:0.1.0")
                .doesNotContain("image: pgmahout", "namespace: default");
        // The account that has the rights is that of the namespace.
        assertThat(ran.output())
                .containsPattern("subjects:\\n- kind: ServiceAccount\\n  name: pg\\n  namespace: databases");
    }

    /** What docs/kubernetes.md tells people to write, beside a copy of what is there. */
    static Path overlay(Path directory) throws IOException {
        Path base = Files.createDirectories(directory.resolve("overlay/base"));
        for (String file : List.of("kustomization.yaml", "pgmahout.yaml")) {
            Files.copy(DIRECTORY.resolve(file), base.resolve(file));
        }
        Files.writeString(directory.resolve("overlay/kustomization.yaml"), """
                namespace: databases
                resources: [base]
                images: [{name: pgmahout, newName: registry.example/pgmahout, newTag: 0.1.0}]
                """);
        return directory.resolve("overlay");
    }
}
