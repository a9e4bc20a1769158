package io.pgmahout.config;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The types that keys are made of. */
final class Types {
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,9}");
    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,9}(\\.[0-9]{1,9})?");

    static final ScalarType<Boolean> BOOLEAN = new ScalarType<>(
            "true or false",
            text -> switch (text) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new IllegalArgumentException("is not a boolean");
            },
            String::valueOf);

    static final ScalarType<HostAndPort> LISTENER =
            new ScalarType<>("host:port, an IPv6 address in brackets", HostAndPort::parse, HostAndPort::toString);

    static final ScalarType<HostAndPort> REACHABLE = new ScalarType<>(
            "host:port that others can connect to, an IPv6 address in brackets",
            text -> {
                HostAndPort address = HostAndPort.parse(text);
                require(!address.isWildcard(), "stands for every address of a machine, so nobody can connect to it");
                return address;
            },
            HostAndPort::toString);

    /** A path on a machine or in a container that need not be this one's. */
    static final ScalarType<Path> PATH = new ScalarType<>("an absolute path", Types::absolute, Path::toString);

    static final ScalarType<Path> READABLE_FILE = new ScalarType<>(
            "the absolute path of a readable file", text -> checkReadable(absolute(text)), Path::toString);

    static final ScalarType<Path> PRIVATE_FILE = new ScalarType<>(
            "the absolute path of a readable file of mode 0640 or stricter",
            text -> {
                Path file = absolute(text);
                SecretFile.checkPrivate(file);
                return file;
            },
            Path::toString);

    static final ScalarType<URI> ENDPOINT = new ScalarType<>(
            "http://host:port or https://host:port",
            text -> {
                boolean scheme = text.startsWith("http://") || text.startsWith("https://");
                require(
                        scheme && text.indexOf('@') < 0,
                        "is not an http or https address, or carries a user or password");
                HostAndPort address = HostAndPort.parse(text.substring(text.indexOf("//") + 2));
                require(!address.isWildcard(), "stands for every address of a machine, so nobody can connect to it");
                return URI.create(text.substring(0, text.indexOf("//") + 2) + address);
            },
            URI::toString);

    private Types() {}

    static ScalarType<String> matching(String allowed, String pattern) {
        Pattern compiled = Pattern.compile(pattern);
        return new ScalarType<>(
                allowed,
                text -> {
                    require(compiled.matcher(text).matches(), "is not of the form that is allowed");
                    return text;
                },
                Function.identity());
    }

    /** Text in one line, with a condition on it. */
    static ScalarType<String> text(String allowed, Function<String, Boolean> condition, String otherwise) {
        return new ScalarType<>(
                allowed,
                text -> {
                    require(
                            !text.isEmpty() && text.chars().noneMatch(Character::isISOControl),
                            "is empty or more than one line");
                    require(condition.apply(text), otherwise);
                    return text;
                },
                Function.identity());
    }

    /** A name that PostgreSQL would take for a role or database without cutting it. */
    static ScalarType<String> sqlName(String allowed, List<String> reserved) {
        return text(
                allowed + " of at most 63 bytes, not starting with pg_",
                name -> name.getBytes(StandardCharsets.UTF_8).length <= 63
                        && !name.startsWith("pg_")
                        && !reserved.contains(name),
                "is longer than PostgreSQL's names or reserved by it");
    }

    static ScalarType<Integer> integer(int least, int most) {
        return new ScalarType<>(
                "a whole number from " + least + " to " + most,
                text -> {
                    require(INTEGER.matcher(text).matches(), "is not a whole number");
                    int value = Integer.parseInt(text);
                    require(value >= least && value <= most, "is out of range");
                    return value;
                },
                String::valueOf);
    }

    static ScalarType<Double> decimal(double least, double most) {
        return new ScalarType<>(
                "a decimal number from " + least + " to " + most,
                text -> {
                    require(DECIMAL.matcher(text).matches(), "is not a decimal number");
                    double value = Double.parseDouble(text);
                    require(value >= least && value <= most, "is out of range");
                    return value;
                },
                String::valueOf);
    }

    static ScalarType<Duration> duration(String least, String most) {
        return new ScalarType<>(
                "a duration from " + least + " to " + most + ", such as 500ms, 3s, 2m, 1h",
                text -> {
                    Duration value = Durations.parse(text);
                    require(
                            value.compareTo(Durations.parse(least)) >= 0 && value.compareTo(Durations.parse(most)) <= 0,
                            "is out of range");
                    return value;
                },
                Durations::render);
    }

    static ScalarType<DataSize> size(String least, String most) {
        return new ScalarType<>(
                "a size from " + least + " to " + most + ", such as 16kB, 64MB, 1GB",
                text -> {
                    DataSize value = DataSize.parse(text);
                    require(
                            value.compareTo(DataSize.parse(least)) >= 0 && value.compareTo(DataSize.parse(most)) <= 0,
                            "is out of range");
                    return value;
                },
                DataSize::toString);
    }

    static <E extends Enum<E>> ScalarType<E> oneOf(Class<E> values) {
        Function<E, String> show = value -> value.name().toLowerCase(Locale.ROOT);
        return new ScalarType<>(
                Arrays.stream(values.getEnumConstants()).map(show).collect(Collectors.joining(", ")),
                text -> Arrays.stream(values.getEnumConstants())
                        .filter(value -> show.apply(value).equals(text))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("is none of the choices")),
                show);
    }

    static <T> ListType<T> listOf(ScalarType<T> element, int limit) {
        return new ListType<>(element, limit);
    }

    static Path absolute(String text) {
        try {
            Path path = Path.of(text);
            require(path.isAbsolute(), "is not an absolute path");
            return path.normalize();
        } catch (InvalidPathException notAPath) {
            throw new IllegalArgumentException("is not a path", notAPath);
        }
    }

    static Path checkReadable(Path file) {
        require(Files.exists(file), "names a file that does not exist, or whose directory may not be entered");
        require(Files.isRegularFile(file), "names something that is not a file");
        require(Files.isReadable(file), "names a file that this user may not read");
        return file;
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
