package io.pgmahout.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretFileTest {
    @TempDir
    Path directory = Path.of("/");

    @Test
    void lineEndsAtTheEndAreNotPartOfIt() {
        assertThat(read("s3cret").reveal()).isEqualTo("s3cret");
        assertThat(read("s3cret\n").reveal()).isEqualTo("s3cret");
        assertThat(read("s3cret\r\n").reveal()).isEqualTo("s3cret");
        assertThat(read(" ä b \n\n").reveal()).isEqualTo(" ä b ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"r--------", "rw-------", "r--r-----", "rw-r-----"})
    void modesThatKeepItFromOthers(String mode) {
        Path file = Fixture.write(directory.resolve("secret"), "s3cret", mode);
        assertThatNoException().isThrownBy(() -> SecretFile.checkPrivate(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw-rw----", "rw-r---w-", "rwx------", "rw-r-x---", "rw------x"})
    void modesThatDoNot(String mode) {
        Path file = Fixture.write(directory.resolve("secret"), "s3cret", mode);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecretFile.checkPrivate(file))
                .withMessageContaining(mode);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "  \n", "one\ntwo\n", "tab\there", "bell\u0007"})
    void contentThatIsNoSecret(String content) {
        assertThatIllegalArgumentException().isThrownBy(() -> read(content));
    }

    @Test
    void filesThatCannotBeRead() throws IOException {
        assertThatIllegalArgumentException().isThrownBy(() -> SecretFile.read(directory.resolve("none")));
        assertThatIllegalArgumentException().isThrownBy(() -> SecretFile.read(directory));
        assertThatIllegalArgumentException().isThrownBy(() -> read("x".repeat(8193)));
        // A regular file of mode 0600 whose first byte cannot be read, whoever asks.
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecretFile.read(Path.of("/proc/self/mem")))
                .withMessageContaining("cannot be read");
        Path latin = Fixture.write(directory.resolve("latin"), "", "rw-------");
        Files.write(latin, "ä".getBytes(StandardCharsets.ISO_8859_1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecretFile.read(latin))
                .withMessageContaining("UTF-8");
    }

    @Test
    void aLinkIsFollowedToTheFileWhoseModeCounts() throws IOException {
        Path link = Files.createSymbolicLink(
                directory.resolve("link"), Fixture.write(directory.resolve("secret"), "s3cret", "r--r-----"));
        assertThat(SecretFile.read(link)).isEqualTo(Secret.of("s3cret"));
    }

    @Test
    void aSecretShowsItselfNowhere() {
        Path file = Fixture.write(directory.resolve("secret"), "s3cret", "r--------");
        var loaded = Fixture.valid(Map.of("postgres.superuser.password-file", file.toString()));
        assertThat(loaded.toString()).doesNotContain("s3cret");
        assertThat(Show.rows(loaded).toString()).doesNotContain("s3cret");
        assertThat(Secret.of("s3cret")).hasToString("********").isNotEqualTo(Secret.of("other"));
        assertThatIllegalArgumentException().isThrownBy(() -> Secret.of(""));
    }

    @Test
    void aSecretWhereThePathBelongsIsMaskedAndAPathIsNot() {
        assertThat(Fixture.problems(Map.of("admin.token-file", "hunter2")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.value()).contains("********"));
        assertThat(Fixture.problems(Map.of("admin.token-file", "/none")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.value()).contains("/none"));
    }

    @Test
    void aChangedContentIsAChange() {
        Path file = Fixture.write(directory.resolve("token"), "one", "rw-------");
        var old = Fixture.valid(Map.of("admin.token-file", file.toString())).settings();
        Fixture.write(file, "two", "rw-------");
        var next = Fixture.valid(Map.of("admin.token-file", file.toString())).settings();
        assertThat(Reload.compare(old, next).applied()).containsExactly("admin.token-file");
    }

    private Secret read(String content) {
        return SecretFile.read(Fixture.write(directory.resolve("secret"), content, "rw-------"));
    }
}
