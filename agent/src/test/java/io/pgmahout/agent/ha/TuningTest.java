package io.pgmahout.agent.ha;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arithmetic of ε (A10). */
class TuningTest {

    /**
     * The primary's clock is slow by ρ, the member's fast by ρ: in true time an acknowledgement counts for G / (1−ρ),
     * and the member waits G × (1+ε) / (1+ρ). The first must end before the second.
     */
    @ParameterizedTest(name = "G {0} ms, clocks off by {1}: safe {2}")
    @CsvSource({
        "750, 0, true",
        "750, 0.01, true",
        "750, 0.04, true",
        "750, 0.047, true",
        "3000, 0.047, true",
        "15000, 0.047, true",
        "1, 0.047, true",
        // Beyond the bound that ε = 0.10 gives: (1+ρ)/(1−ρ) = 1.10 at ρ = 1/21 = 0.0476.
        "750, 0.05, false",
        "15000, 0.05, false",
    })
    void waitsOutTheSlowestClock(long leaseMs, double rate, boolean safe) {
        double counts = leaseMs / (1 - rate);
        double waited = Tuning.DEFAULT.stretched(leaseMs) / (1 + rate);
        assertThat(counts <= waited).isEqualTo(safe);
    }

    @ParameterizedTest(name = "{0} ms become {1}")
    @CsvSource({"1, 2", "10, 11", "750, 826", "751, 827", "15000, 16500"})
    void roundsUp(long leaseMs, long stretched) {
        assertThat(Tuning.DEFAULT.stretched(leaseMs)).isBetween(stretched - 1, stretched + 1);
        assertThat((double) Tuning.DEFAULT.stretched(leaseMs)).isGreaterThanOrEqualTo(leaseMs * 1.1 - 1e-6);
    }
}
