package io.pgmahout.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a promise which does not hold is found out, and the input that shows it is kept. */
class RehearsalTest {

    private static final int MANY = 100_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path module;

    private final List<Path> written = new ArrayList<>();

    private interface Reader {
        void read(byte[] input) throws Exception;
    }

    private record Planted(Reader reader) implements Target {
        @Override
        public String name() {
            return "planted";
        }

        @Override
        public String promise() {
            return "Nothing is thrown.";
        }

        @Override
        public List<byte[]> seeds() {
            return List.of(
                    ByteBuffer.allocate(8).putInt(4).put(text("true")).array(), text("{\"term\":7,\"names\":[\"a\"]}"));
        }

        @Override
        public List<String> words() {
            return List.of("\"pause\"");
        }

        @Override
        public void read(byte[] input) throws Exception {
            reader.read(input);
        }
    }

    @AfterEach
    void remove() throws Exception {
        for (Path file : written) {
            Files.delete(file);
        }
    }

    @Test
    void aLengthThatIsBelievedIsFound() {
        assertFound(input -> {
            if (input.length >= 4) {
                int length = ByteBuffer.wrap(input).getInt();
                if (length >= 0 && length < 1 << 20) {
                    ByteBuffer.wrap(input, 4, length);
                }
            }
        });
    }

    @Test
    void aWordANumberAndDepthAreFound() {
        assertFound(input -> refuse(string(input).contains("[\"pause\"")));
        assertFound(input -> refuse(string(input).matches("(?s)\\{\"term\":9223372036854775807,.*")));
        assertFound(input -> refuse(string(input).contains("[".repeat(1_000))));
    }

    @Test
    void memoryAndTimeHaveBounds() {
        assertFound(input -> {
            if (input.length > 4 && input[0] == 0x7f) {
                assertThat(new byte[32 << 20]).hasSize(32 << 20);
            }
        });
        assertFound(input -> {
            if (string(input).contains("77")) {
                int spun = 0;
                for (long end = System.nanoTime() + 1_500_000_000L; System.nanoTime() - end < 0; spun++) {}
                assertThat(spun).isPositive();
            }
        });
    }

    @Test
    void nothingIsFoundWhereTheFaultIsNot() throws Exception {
        Rehearsal rehearsal = new Rehearsal(new Planted(input -> {}), module);
        rehearsal.known();
        rehearsal.mutations(1, 1_000);
        assertThat(rehearsal.tried()).isEqualTo(1_002);
    }

    @Test
    void whatIsKeptIsTriedAgain() throws Exception {
        Target target = new Planted(input -> refuse(string(input).equals("once bad")));
        Path kept = Files.createDirectories(Kept.directory(module, target)).resolve("once-bad");
        Files.write(kept, text("once bad"));
        assertThatThrownBy(() -> new Rehearsal(target, module).known()).isInstanceOf(Finding.class);
    }

    private void assertFound(Reader reader) {
        Finding finding = null;
        try {
            new Rehearsal(new Planted(reader), module).mutations(1, MANY);
        } catch (Finding found) {
            finding = found;
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
        assertThat(finding).isNotNull();
        Path input = inputOf(finding);
        written.add(input);
        assertThatThrownBy(() -> Trial.of(new Planted(reader), Files.readAllBytes(input)))
                .as("the input that is written down is the one")
                .isInstanceOf(Throwable.class);
    }

    private static Path inputOf(@Nullable Finding finding) {
        String message = finding == null ? "" : String.valueOf(finding.getMessage());
        return Path.of(message.lines()
                .filter(line -> line.startsWith("the input: "))
                .findFirst()
                .orElseThrow()
                .substring("the input: ".length()));
    }

    private static void refuse(boolean when) {
        if (when) {
            throw new IllegalStateException("planted");
        }
    }

    private static String string(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
