package io.pgmahout.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a network leaves behind: nothing, whatever ends the process that made it. */
class NetworkTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void nothingIsLeftAfterItsEnd() {
        Network network = Network.create(2);
        List<String> links = network.clientLinks();
        List<Long> holders = network.holders();
        assertThat(links()).contains(links);
        network.close();
        assertThat(holders).noneMatch(NetworkTest::lives);
        assertThat(links()).doesNotContain(links);
    }

    @Test
    void nothingIsLeftAfterAKillOfTheProcessThatMadeIt(@TempDir Path directory) throws IOException {
        Process maker = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + directory,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Maker.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = maker.inputReader(StandardCharsets.UTF_8)) {
            List<String> links = words(output.readLine());
            List<Long> holders =
                    words(output.readLine()).stream().map(Long::valueOf).toList();
            assertThat(links()).contains(links);
            assertThat(holders).hasSize(4).allMatch(NetworkTest::lives);
            maker.destroyForcibly();
            await().atMost(LIMIT).until(() -> holders.stream().noneMatch(NetworkTest::lives));
            await().atMost(LIMIT).until(() -> links.stream().noneMatch(links()::contains));
        } finally {
            maker.destroyForcibly();
        }
    }

    private static List<String> words(String line) {
        return Arrays.asList(Objects.requireNonNull(line, "the maker ended").split(" ", -1));
    }

    private static String links() {
        return ServerUser.run(List.of("ip", "-oneline", "link"));
    }

    private static boolean lives(long pid) {
        return Files.exists(Path.of("/proc", Long.toString(pid)));
    }

    /** Makes a network, says what belongs to it, and waits to be killed. */
    static final class Maker {
        private Maker() {}

        public static void main(String[] arguments) throws IOException {
            Network network = Network.create(2);
            System.out.println(String.join(" ", network.clientLinks()));
            System.out.println(String.join(
                    " ", network.holders().stream().map(String::valueOf).toList()));
            System.out.flush();
            System.in.read();
        }
    }
}
