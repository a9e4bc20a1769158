package io.pgmahout.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The same seed is the same history, to the byte. */
class ReplayTest {

    @Test
    void aSeedMakesTheSameTraceTwice() {
        for (long seed = 1; seed <= 5; seed++) {
            assertThat(Simulation.ofCore().run(seed, true, false).trace())
                    .isEqualTo(Simulation.ofCore().run(seed, true, false).trace())
                    .hasSizeGreaterThan(50);
        }
    }

    /** Sets and maps of java.util are iterated in another order in every virtual machine: nothing may hang on it. */
    @Test
    void aSeedMakesTheSameTraceInAnotherProcess() throws IOException, InterruptedException {
        String[] arguments = {"--seed", "3", "--trace"};
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        for (int i = 0; i < 3; i++) {
            Process process = new ProcessBuilder(
                            java,
                            "-cp",
                            System.getProperty("java.class.path"),
                            SimMain.class.getName(),
                            arguments[0],
                            arguments[1],
                            arguments[2])
                    .redirectErrorStream(true)
                    .start();
            String there = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            ByteArrayOutputStream here = new ByteArrayOutputStream();
            SimMain.run(arguments, new PrintStream(here, true, StandardCharsets.UTF_8));
            assertThat(there).isEqualTo(here.toString(StandardCharsets.UTF_8));
        }
    }

    @Test
    void tracingChangesNothing() {
        for (long seed = 1; seed <= 20; seed++) {
            Simulation.Result quiet = Simulation.ofCore().run(seed, false, false);
            Simulation.Result traced = Simulation.ofCore().run(seed, true, true);
            assertThat(traced.steps()).isEqualTo(quiet.steps());
            assertThat(traced.detail()).isEqualTo(quiet.detail());
        }
    }

    @Test
    void wrongArgumentsAreRefused() throws InterruptedException {
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        assertThat(SimMain.run(new String[] {"--sed", "3"}, nowhere)).isEqualTo(2);
        assertThat(SimMain.run(new String[] {"--seed"}, nowhere)).isEqualTo(2);
        assertThat(SimMain.run(new String[] {"--seed", "x"}, nowhere)).isEqualTo(2);
    }
}
