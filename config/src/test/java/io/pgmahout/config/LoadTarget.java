package io.pgmahout.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.fuzz.Target;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** What settings are read from. */
abstract class LoadTarget implements Target {

    @Override
    public final String promise() {
        return "Settings load, and can be shown, or every problem is told in one line that can be printed.";
    }

    @Override
    public final List<String> words() {
        return Stream.concat(
                        Keys.ALL.stream().map(Key::name),
                        Stream.of(
                                "${",
                                "}",
                                "${HOME}",
                                "PGMAHOUT_",
                                ": ",
                                "\"",
                                "'",
                                "&a",
                                "*a",
                                "<<",
                                "!!",
                                "---",
                                "0x"))
                .toList();
    }

    @Override
    public final int rehearsals() {
        return 1_000;
    }

    /** An unknown name is compared with every known one. */
    @Override
    public final long allocationBytes(int inputBytes) {
        return (64L << 20) + 8_192L * inputBytes;
    }

    abstract Loaded load(byte[] input) throws IOException;

    @Override
    public final void read(byte[] input) throws IOException {
        switch (load(input)) {
            case Loaded.Valid valid -> assertThat(Show.rows(valid)).isNotEmpty();
            case Loaded.Invalid invalid -> {
                assertThat(invalid.problems()).isNotEmpty();
                for (Problem problem : invalid.problems()) {
                    assertThat(problem.line()).isNotBlank().doesNotContainPattern("\\p{Cntrl}");
                }
            }
        }
    }
}
