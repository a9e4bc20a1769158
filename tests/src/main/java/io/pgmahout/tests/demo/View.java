package io.pgmahout.tests.demo;

import java.io.Console;
import java.io.PrintStream;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Shows topologies: in place on a terminal, elsewhere a line for each change. */
sealed interface View {

    DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss.S");

    static View on(PrintStream out) {
        boolean terminal =
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        return terminal ? new Screen(out, System.getenv("NO_COLOR") == null) : new Lines(out);
    }

    void show(Topology topology);

    /** Something that the topology does not say. */
    void note(String text);

    /** Takes what is shown away, where it can be. */
    void clear();

    /** Draws over what it drew before. One thread. */
    final class Screen implements View {
        private static final String ESCAPE = "\u001b[";
        private final PrintStream out;
        private final boolean colours;
        private int drawn;

        Screen(PrintStream out, boolean colours) {
            this.out = out;
            this.colours = colours;
        }

        @Override
        public void show(Topology topology) {
            StringBuilder text = new StringBuilder();
            text.append(
                    "%s  %s%n".formatted(LocalTime.now(ZoneId.systemDefault()).format(CLOCK), topology.record()));
            for (Topology.Row row : topology.rows()) {
                String line = "  %-4s %-16s %-44s %10s  %s"
                        .formatted(row.member(), row.address(), row.state(), row.lag(), row.rule());
                text.append(colour(row, line)).append(System.lineSeparator());
            }
            clear();
            out.print(text);
            out.flush();
            drawn = topology.rows().size() + 1;
        }

        private String colour(Topology.Row row, String line) {
            if (!colours) {
                return line;
            }
            String code = row.primary() ? "1;32" : row.well() ? "32" : "33";
            return ESCAPE + code + "m" + line + ESCAPE + "0m";
        }

        @Override
        public void note(String text) {
            clear();
            out.println(LocalTime.now(ZoneId.systemDefault()).format(CLOCK) + "  " + text);
        }

        @Override
        public void clear() {
            if (drawn > 0) {
                out.print(ESCAPE + drawn + "A" + ESCAPE + "J");
                drawn = 0;
            }
        }
    }

    /** Prints what changed. One thread. */
    final class Lines implements View {
        private final PrintStream out;
        private final Map<String, String> before = new HashMap<>();

        Lines(PrintStream out) {
            this.out = out;
        }

        @Override
        public void show(Topology topology) {
            changed("record", topology.record());
            topology.rows().forEach(row -> changed(row.member(), row.state()));
        }

        private void changed(String what, String now) {
            if (!now.equals(before.put(what, now))) {
                note("%-7s %s".formatted(what, now));
            }
        }

        @Override
        public void note(String text) {
            out.println(LocalTime.now(ZoneId.systemDefault()).format(CLOCK) + "  " + text);
            out.flush();
        }

        @Override
        public void clear() {
            // What was printed stays.
        }
    }
}
