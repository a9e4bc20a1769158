package io.pgmahout.agent;

import io.pgmahout.fuzz.Rehearsal;
import io.pgmahout.fuzz.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hostile input for what reads it in this module; {@code pgmahout fuzz} looks for more of it. */
class FuzzTest {

    private static final long SEED = 20261201;

    static Stream<Named<Target>> targets() {
        return Rehearsal.targets().stream().map(target -> Named.of(target.name(), target));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void whatIsKnownIsReadAsPromised(Target target) throws IOException {
        new Rehearsal(target, Path.of("")).known();
        target.close();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void mutationsAreReadAsPromised(Target target) throws IOException {
        new Rehearsal(target, Path.of("")).mutations(SEED, target.rehearsals());
        target.close();
    }
}
