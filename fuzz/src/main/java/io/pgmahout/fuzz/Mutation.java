package io.pgmahout.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Makes inputs of valid ones, by what tends to break parsers. The same random numbers make the same inputs. */
final class Mutation {

    private static final int LARGEST = 8_192;
    private static final int CHANGES = 4;
    private static final Pattern NUMBER = Pattern.compile("-?\\d+");
    private static final List<String> NUMBERS = List.of(
            "0",
            "-1",
            "1",
            "255",
            "65536",
            "2147483647",
            "2147483648",
            "4294967296",
            "4294967299",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "1e999999999",
            "0.1",
            "00000000001",
            "99999999999999999999999999999999");
    private static final long[] WHOLE = {
        0, 1, -1, 127, 128, 255, 4_095, 4_096, 4_097, 65_535, 65_536, 65_537, Integer.MAX_VALUE, Integer.MIN_VALUE
    };
    private static final List<String> NESTS = List.of("[", "{", "{\"a\":", "(", "\n ", "%25", "- ", "? ", "&a ");

    private final Target target;
    private final List<byte[]> sources;
    private final Random random;

    Mutation(Target target, List<byte[]> sources, Random random) {
        this.target = target;
        this.sources = sources;
        this.random = random;
    }

    /** The next input. */
    byte[] next() {
        byte[] bytes = one(sources);
        for (int changes = 1 + random.nextInt(CHANGES); changes > 0; changes--) {
            bytes = changed(bytes);
        }
        return bytes.length > LARGEST ? Arrays.copyOf(bytes, LARGEST) : bytes;
    }

    private byte[] changed(byte[] bytes) {
        int at = random.nextInt(bytes.length + 1);
        return switch (random.nextInt(11)) {
            case 0 -> flipped(bytes);
            case 1 -> set(bytes);
            case 2 -> joined(Arrays.copyOf(bytes, at), piece(bytes), from(bytes, at));
            case 3 -> joined(Arrays.copyOf(bytes, at), from(bytes, at + random.nextInt(16)));
            case 4 -> Arrays.copyOf(bytes, at);
            case 5 -> joined(Arrays.copyOf(bytes, at), piece(one(sources)), from(bytes, at + random.nextInt(32)));
            case 6 -> joined(Arrays.copyOf(bytes, at), word(), from(bytes, at + (random.nextBoolean() ? 0 : 8)));
            case 7 -> number(bytes);
            case 8 -> whole(bytes);
            case 9 -> joined(Arrays.copyOf(bytes, at), nest(), from(bytes, at));
            default -> joined(bytes, one(sources));
        };
    }

    private byte[] flipped(byte[] bytes) {
        byte[] next = bytes.clone();
        if (next.length > 0) {
            next[random.nextInt(next.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return next;
    }

    private byte[] set(byte[] bytes) {
        byte[] next = bytes.clone();
        if (next.length > 0) {
            next[random.nextInt(next.length)] = (byte) random.nextInt();
        }
        return next;
    }

    /** A part of the bytes, perhaps many times. */
    private byte[] piece(byte[] bytes) {
        int from = random.nextInt(bytes.length + 1);
        byte[] part = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + 1 + random.nextInt(64)));
        int times = random.nextInt(8) == 0 ? 1 + random.nextInt(64) : 1;
        byte[][] parts = new byte[times][];
        Arrays.fill(parts, part);
        return joined(parts);
    }

    private byte[] word() {
        List<String> words = target.words();
        return words.isEmpty() ? new byte[] {(byte) random.nextInt()} : bytes(one(words));
    }

    private byte[] nest() {
        return bytes(one(NESTS).repeat(1 + random.nextInt(2_000)));
    }

    /** Another number in the place of one that is written in decimals. */
    private byte[] number(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        List<MatchResult> numbers = NUMBER.matcher(text).results().toList();
        if (numbers.isEmpty()) {
            return whole(bytes);
        }
        MatchResult number = one(numbers);
        return (text.substring(0, number.start()) + one(NUMBERS) + text.substring(number.end()))
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A number of one, two, four or eight bytes somewhere. */
    private byte[] whole(byte[] bytes) {
        int size = 1 << random.nextInt(4);
        if (bytes.length < size) {
            return set(bytes);
        }
        byte[] next = bytes.clone();
        byte[] number = ByteBuffer.allocate(8)
                .putLong(WHOLE[random.nextInt(WHOLE.length)])
                .array();
        System.arraycopy(number, 8 - size, next, random.nextInt(next.length - size + 1), size);
        return next;
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static byte[] from(byte[] bytes, int at) {
        return Arrays.copyOfRange(bytes, Math.min(at, bytes.length), bytes.length);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
