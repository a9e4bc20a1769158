package io.pgmahout.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;

/** Tries targets without looking at what code an input reaches: the kept inputs, the valid ones, and mutations of both. */
public final class Rehearsal {

    private final Target target;
    private final Path module;
    private long tried;

    /** @param module the directory of the module that the target belongs to */
    public Rehearsal(Target target, Path module) {
        this.target = target;
        this.module = module;
    }

    /** All targets on the class path. */
    public static List<Target> targets() {
        return ServiceLoader.load(Target.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /** Tries each kept input and each valid one once. */
    public void known() throws IOException {
        for (Map.Entry<String, byte[]> input : Kept.of(module, target).entrySet()) {
            attempt(input.getValue());
        }
        for (byte[] seed : target.seeds()) {
            attempt(seed);
        }
    }

    /** Tries the mutations that this number makes. */
    public void mutations(long seed, int count) throws IOException {
        Mutation mutation = new Mutation(target, sources(), new Random(seed));
        for (int i = 0; i < count; i++) {
            attempt(mutation.next());
        }
    }

    /** Tries mutations for so long. */
    public void mutations(long seed, Duration time) throws IOException {
        Mutation mutation = new Mutation(target, sources(), new Random(seed));
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            attempt(mutation.next());
        }
    }

    /** How many inputs were tried. */
    public long tried() {
        return tried;
    }

    private List<byte[]> sources() throws IOException {
        List<byte[]> sources = new ArrayList<>(target.seeds());
        sources.addAll(Kept.of(module, target).values());
        return sources;
    }

    private void attempt(byte[] input) {
        tried++;
        try {
            Trial.of(target, input);
        } catch (Exception | Error broken) {
            throw Finding.of(target, input, broken);
        }
    }
}
