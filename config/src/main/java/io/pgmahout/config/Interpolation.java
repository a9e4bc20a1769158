package io.pgmahout.config;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.configuration2.interpol.ConfigurationInterpolator;

/**
 * Replaces a use of an environment variable in a value, and nothing else: no files, system properties or other
 * keys, no defaults, no second pass over what came out of a variable. A second dollar sign before it makes it literal.
 */
final class Interpolation {
    static final String ALLOWED = "${env:NAME} with NAME set in the environment, or $${ for a literal ${";
    private static final Pattern USE = Pattern.compile("(\\$?)\\$\\{([^}]*)(}?)");
    private static final Pattern ENVIRONMENT = Pattern.compile("env:([A-Za-z_][A-Za-z0-9_]*)");

    private final Map<String, String> environment;
    private final ConfigurationInterpolator interpolator = new ConfigurationInterpolator();

    Interpolation(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
        interpolator.registerLookup("env", this.environment::get);
    }

    /** For a configuration of commons-configuration, in place of the one it comes with, which reads files. */
    ConfigurationInterpolator interpolator() {
        return interpolator;
    }

    /** Why the text cannot be expanded, if it cannot. The content of a variable is never quoted. */
    Optional<String> fault(String text) {
        return USE.matcher(text)
                .results()
                .filter(use -> use.group(1).isEmpty())
                .flatMap(use -> fault(use.group(2), !use.group(3).isEmpty()).stream())
                .findFirst();
    }

    /** The text with its variables replaced; it must have no fault. */
    String expand(String text) {
        return String.valueOf(interpolator.interpolate(text));
    }

    private Optional<String> fault(String use, boolean closed) {
        var name = ENVIRONMENT.matcher(use);
        if (!closed || !name.matches()) {
            return Optional.of(
                    "uses ${" + use + (closed ? "}, which is not an environment variable" : " without an end"));
        }
        String content = environment.get(name.group(1));
        if (content == null) {
            return Optional.of("uses ${" + use + "}, but " + name.group(1) + " is not set");
        }
        return content.contains("${")
                ? Optional.of("uses ${" + use + "}, whose content has a ${ of its own")
                : Optional.empty();
    }
}
