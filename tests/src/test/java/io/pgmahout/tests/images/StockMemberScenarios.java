package io.pgmahout.tests.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.ServerUser;
import io.pgmahout.tests.cluster.Waiting;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.testcontainers.containers.Container.ExecResult;

/**
 * Members in containers of stock images, of which nothing is used but PostgreSQL's programs, bash and the user: of other
 * versions, users and paths, and with other entry points. Not one of the tests that Maven finds by itself:
 * {@code tests/kubernetes/run} runs it, as root.
 */
final class StockMemberScenarios {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private static final Duration MAKING = Duration.ofMinutes(15);

    /** The archives that {@code tests/kubernetes/images} makes, the agent's the last of them. */
    private static final List<Path> ARCHIVES = ServerUser.run(
                    List.of(Path.of("kubernetes/images").toAbsolutePath().toString(), "all"), MAKING)
            .lines()
            .filter(line -> line.endsWith(".tar"))
            .map(Path::of)
            .toList();

    static List<StockImage> images() {
        return List.of(
                new StockImage("localhost/postgres:15", "999:999", 15),
                new StockImage("localhost/postgres:17", "999:999", 17),
                new StockImage("localhost/postgres:operand-17", "26:26", 17));
    }

    @BeforeAll
    static void load() {
        ARCHIVES.forEach(Engine.shared()::load);
    }

    @ParameterizedTest
    @MethodSource("images")
    @Tag("F2")
    @Tag("F11")
    void aClusterFormsFailsOverAndSwitchesOver(StockImage image) throws Exception {
        try (StockCluster cluster = new StockCluster(image)) {
            StockMember first = cluster.awaitPrimary();
            assertThat(StockCluster.ask(first, "SHOW server_version")).startsWith(image.major() + ".");
            StockCluster.tell(first, "CREATE TABLE animals (name text)");
            StockCluster.tell(first, "INSERT INTO animals VALUES ('mahout')");
            awaitRows(cluster, "1");

            first.kill();
            StockMember second = cluster.awaitPrimary();
            assertThat(second).isNotSameAs(first);
            StockCluster.tell(second, "INSERT INTO animals VALUES ('elephant')");
            first.start();
            cluster.awaitHealthy();
            awaitRows(cluster, "2");

            ExecResult switched = first.pgmahout("switchover", "--to", first.name, "--yes");
            assertThat(switched.getExitCode())
                    .as(switched.getStdout() + switched.getStderr())
                    .isZero();
            assertThat(cluster.awaitPrimary()).isSameAs(first);
            cluster.awaitHealthy();
            StockCluster.tell(first, "INSERT INTO animals VALUES ('crow')");
            awaitRows(cluster, "3");
        }
    }

    private static void awaitRows(StockCluster cluster, String count) {
        Waiting.until(
                count + " rows everywhere",
                LIMIT,
                () -> cluster.members.stream().allMatch(member -> {
                    try {
                        return StockCluster.ask(member, "SELECT count(*) FROM animals")
                                .equals(count);
                    } catch (SQLException notYet) {
                        return false;
                    }
                }));
    }

    @Test
    void dataOfAnotherMajorVersionIsRefused() {
        try (StockCluster cluster = new StockCluster(images().get(0))) {
            StockMember member = cluster.members.getFirst();
            member.close();
            try (StockMember newer = member.with(images().get(1))) {
                newer.start();
                Waiting.until(
                        "a refusal",
                        LIMIT,
                        () -> newer.logs()
                                .lines()
                                .anyMatch(line -> line.contains("\"DATA_REFUSED\"")
                                        && line.contains(
                                                "the data directory is of PostgreSQL 15, the programs are of 17")),
                        newer::logs);
            }
        }
    }
}
