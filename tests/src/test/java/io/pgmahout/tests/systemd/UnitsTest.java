package io.pgmahout.tests.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The units are valid, hardened, and keep what the gate's contract asks of them. */
final class UnitsTest {

    /** Ten times the exposure level that systemd-analyze may find, of 100. */
    private static final String MOST_EXPOSED = "19";

    @TempDir
    private Path directory;

    static Stream<String> units() {
        return Installed.UNITS.stream();
    }

    @ParameterizedTest
    @MethodSource("units")
    void isValidWithoutAWarning(String unit) throws IOException, InterruptedException {
        Installed.copyUnits(directory);
        String instance = directory.resolve(unit.replace("@.", "@main.")).toString();
        Installed.Ran ran = Installed.analyze(directory, "verify", "--man=no", "--recursive-errors=one", instance);
        assertThat(ran.output().lines()).noneMatch(line -> line.contains("pgmahout"));
        assertThat(ran.status()).isZero();
    }

    @ParameterizedTest
    @MethodSource("units")
    void isHardened(String unit) throws IOException, InterruptedException {
        Installed.copyUnits(directory);
        Installed.Ran ran =
                Installed.analyze(directory, "security", "--offline=true", "--threshold=" + MOST_EXPOSED, unit);
        assertThat(ran.output()).contains("Overall exposure level");
        assertThat(ran.status()).as(ran.output()).isZero();
    }

    /** control-group would thaw a fenced server; a limit of starts would leave a member down for good. */
    @ParameterizedTest
    @MethodSource("units")
    void endsAndReturnsAsTheContractSays(String unit) {
        assertThat(Installed.values(unit, "KillMode")).containsExactly("mixed");
        assertThat(Installed.values(unit, "Restart")).containsExactly("always");
        assertThat(Installed.values(unit, "StartLimitIntervalSec")).containsExactly("0");
        assertThat(Installed.values(unit, "OOMPolicy")).containsExactly("continue");
        assertThat(Installed.values(unit, "ProcSubset")).isEmpty();
    }

    @Test
    void theGateIsStoppedBeforeItsAgentAndShares() {
        String gate = Installed.UNITS.getFirst();
        String agent = Installed.UNITS.getLast();
        assertThat(Installed.values(gate, "After")).singleElement().asString().contains("pgmahout-agent@%i.service");
        assertThat(Installed.values(agent, "After")).singleElement().asString().doesNotContain("pgmahout-gate");
        for (String key : new String[] {"User", "RuntimeDirectory", "RuntimeDirectoryMode"}) {
            assertThat(Installed.values(gate, key)).hasSize(1).isEqualTo(Installed.values(agent, key));
        }
        for (String unit : Installed.UNITS) {
            assertThat(Installed.values(unit, "RuntimeDirectoryPreserve")).containsExactly("yes");
            assertThat(Installed.values(unit, "Requires")).isEmpty();
            assertThat(Installed.values(unit, "BindsTo")).isEmpty();
            assertThat(Installed.values(unit, "PartOf")).isEmpty();
        }
    }

    /** Hand-over, fast stop, half of that again for an immediate one, by the gate's defaults. */
    @Test
    void theGateMayTakeTheTimeItNeeds() {
        assertThat(Installed.values("pgmahout-gate@.service", "TimeoutStopSec"))
                .singleElement()
                .satisfies(seconds -> assertThat(Integer.parseInt(seconds)).isGreaterThan(20 + 20 + 10 + 5));
    }
}
