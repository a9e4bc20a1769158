package io.pgmahout.protocol;

/**
 * Who this agent says it is in its hello.
 *
 * @param cluster name that both sides must share; a name in the sense of {@link #isName}
 * @param member own name, unique in the cluster; a name in the sense of {@link #isName}
 * @param voterId id that lies with the promise file; a name in the sense of {@link #isName}
 * @param incarnation id that the gate made when it started; a name in the sense of {@link #isName}
 * @param postgresAddress host:port, or empty
 * @param adminAddress host:port, or empty
 * @param gossipAddress host:port as the other members have it in their lists, or empty; spares them a dial
 * @param agentVersion for people
 */
public record LocalIdentity(
        String cluster,
        String member,
        String voterId,
        String incarnation,
        String postgresAddress,
        String adminAddress,
        String gossipAddress,
        String agentVersion) {

    /** Characters in the longest name. */
    public static final int NAME_LIMIT = 63;

    /** Characters in the longest text of a hello that is not a name. */
    public static final int TEXT_LIMIT = 255;

    public LocalIdentity {
        requireName("cluster", cluster);
        requireName("member", member);
        requireName("voter id", voterId);
        requireName("incarnation", incarnation);
        requireText("postgres address", postgresAddress);
        requireText("admin address", adminAddress);
        requireText("gossip address", gossipAddress);
        requireText("agent version", agentVersion);
    }

    /** True for 1 to 63 ASCII letters, digits, {@code -}, {@code _} and {@code .}, the first a letter or digit. */
    public static boolean isName(String text) {
        if (text.isEmpty() || text.length() > NAME_LIMIT || !isLetterOrDigit(text.charAt(0))) {
            return false;
        }
        return text.chars().allMatch(c -> isLetterOrDigit(c) || c == '-' || c == '_' || c == '.');
    }

    /** True for at most 255 printable ASCII characters. */
    static boolean isText(String text) {
        return text.length() <= TEXT_LIMIT && text.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
    }

    private static boolean isLetterOrDigit(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    private static void requireName(String what, String value) {
        if (!isName(value)) {
            throw new IllegalArgumentException("not a " + what + ": " + value);
        }
    }

    private static void requireText(String what, String value) {
        if (!isText(value)) {
            throw new IllegalArgumentException("not a " + what + ": " + value);
        }
    }
}
