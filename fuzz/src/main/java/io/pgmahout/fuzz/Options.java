package io.pgmahout.fuzz;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What the command was asked for.
 *
 * @param time for all targets together
 * @param merge whether inputs that reach code which no other does are kept afterwards
 * @param targets names of those wanted, empty for all
 */
record Options(Duration time, Optional<Long> seed, boolean merge, List<String> targets) {

    static final String USAGE = """
            usage: pgmahout fuzz [--minutes N] [--seed N] [--merge] [TARGET...]
              --minutes N   for all targets together, 10 unless given; 0 tries the kept inputs alone
              --seed N      of the random numbers, another one each time unless given
              --merge       keeps, at the end, the inputs that reach code which no kept one reaches
            """;

    /** @throws IllegalArgumentException with a sentence */
    static Options of(String... words) {
        Duration time = Duration.ofMinutes(10);
        Optional<Long> seed = Optional.empty();
        boolean merge = false;
        List<String> targets = new ArrayList<>();
        for (Iterator<String> rest = List.of(words).iterator(); rest.hasNext(); ) {
            String word = rest.next();
            switch (word) {
                case "--minutes" -> time = Duration.ofMillis((long) (number(word, rest) * 60_000));
                case "--seed" -> seed = Optional.of((long) number(word, rest));
                case "--merge" -> merge = true;
                default -> {
                    if (word.startsWith("-")) {
                        throw new IllegalArgumentException("unknown option " + word);
                    }
                    targets.add(word);
                }
            }
        }
        return new Options(time, seed, merge, List.copyOf(targets));
    }

    private static double number(String option, Iterator<String> rest) {
        try {
            double number = rest.hasNext() ? Double.parseDouble(rest.next()) : -1;
            if (number >= 0 && number < 1e9) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " needs a number", e);
        }
        throw new IllegalArgumentException(option + " needs a number that is not negative");
    }
}
