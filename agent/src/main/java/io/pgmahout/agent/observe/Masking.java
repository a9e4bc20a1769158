package io.pgmahout.agent.observe;

import java.util.regex.Pattern;

/** The last line of defence for secrets: whatever looks like one in a text is blotted out before it is written. */
final class Masking {

    static final String MASK = "********";

    /** {@code password=…}, {@code "password": "…"}, {@code passwd '…'}, {@code PGPASSWORD=…}, tokens alike. */
    private static final Pattern NAMED = Pattern.compile(
            "(?i)((?:passwo?r?d|passphrase|secret|token)(?:[\"']?\\s*[:=]\\s*|\\s+(?=')))('(?:[^'\\\\]|\\\\.|'')*'|\"(?:[^\"\\\\]|\\\\.)*\"|[^\\s,;&)}'\"]+)");

    private static final Pattern BEARER = Pattern.compile("(?i)((?:bearer|basic)\\s+)[A-Za-z0-9._~+/=-]{6,}");
    private static final Pattern IN_ADDRESS = Pattern.compile("(://[^\\s:/@]*:)[^\\s@/]+(?=@)");
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----[\\s\\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)");

    private Masking() {}

    static String masked(String text) {
        String masked = text;
        if (masked.indexOf('=') >= 0 || masked.indexOf(':') >= 0 || masked.indexOf('\'') >= 0) {
            masked = NAMED.matcher(masked).replaceAll("$1" + MASK);
            masked = IN_ADDRESS.matcher(masked).replaceAll("$1" + MASK);
        }
        masked = BEARER.matcher(masked).replaceAll("$1" + MASK);
        return masked.contains("PRIVATE KEY") ? PRIVATE_KEY.matcher(masked).replaceAll(MASK) : masked;
    }
}
