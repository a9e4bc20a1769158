package io.pgmahout.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/** {@code pgmahout fuzz}: looks for inputs that break a target's promise, guided by the code they reach where that can be. */
public final class FuzzMain {

    private static final int USAGE = 2;
    private static final int FOUND = 1;

    private FuzzMain() {}

    /** Exits 0 when every promise held, 1 when one did not, 2 for what cannot be asked. */
    public static void main(String... words) throws Exception {
        if (List.of(words).contains("--help")) {
            System.out.print(Options.USAGE);
            return;
        }
        Options options;
        List<Target> targets;
        try {
            options = Options.of(words);
            targets = chosen(options);
        } catch (IllegalArgumentException e) {
            System.err.println("pgmahout fuzz: " + e.getMessage() + "\n" + Options.USAGE);
            System.exit(USAGE);
            return;
        }
        long seed = options.seed().orElseGet(() -> new Random().nextInt(Integer.MAX_VALUE) + 1L);
        System.out.printf(
                "seed %d, %d targets, %.1f minutes%n",
                seed, targets.size(), options.time().toMillis() / 60e3);
        boolean sound = true;
        for (Target target : targets) {
            sound &= run(target, seed, options.time().dividedBy(targets.size()), options.merge());
        }
        System.exit(sound ? 0 : FOUND);
    }

    private static List<Target> chosen(Options options) {
        List<Target> all = Rehearsal.targets();
        List<String> names = all.stream().map(Target::name).sorted().toList();
        for (String name : options.targets()) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException(
                        "there is no target " + name + "; there are " + String.join(", ", names));
            }
        }
        return all.stream()
                .filter(target ->
                        options.targets().isEmpty() || options.targets().contains(target.name()))
                .toList();
    }

    private static boolean run(Target target, long seed, Duration time, boolean merge) throws Exception {
        Path module = module(target);
        Rehearsal rehearsal = new Rehearsal(target, module);
        try {
            rehearsal.known();
            if (target.guided() && !time.isZero()) {
                return new Jazzer(target, module, seed).search(time, merge);
            }
            rehearsal.mutations(seed, time);
        } catch (Finding finding) {
            System.out.printf("%-14s BROKEN: %s%n", target.name(), finding.getMessage());
            return false;
        } finally {
            target.close();
        }
        System.out.printf(Locale.ROOT, "%-14s %,12d inputs   held%n", target.name(), rehearsal.tried());
        return true;
    }

    /** The module whose tests have the target: its classes lie below it. */
    private static Path module(Target target) throws IOException {
        Path home = Path.of(System.getProperty("pgmahout.home", ""));
        String file = "target/test-classes/" + target.getClass().getName().replace('.', '/') + ".class";
        try (Stream<Path> modules = Files.list(home)) {
            List<Path> found = new ArrayList<>(
                    modules.filter(module -> Files.exists(module.resolve(file))).toList());
            if (found.size() != 1) {
                throw new IOException("the module of " + target.getClass() + " is not one of " + found);
            }
            return found.getFirst();
        }
    }
}
