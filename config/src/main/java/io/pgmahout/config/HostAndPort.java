package io.pgmahout.config;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A host and a TCP port. The host is a DNS name, an IPv4 address, or an IPv6 address (here without
 * brackets, in text with them: {@code [::1]:8010}). No name is ever looked up. Port 0 means any free port:
 * code may use it for a listener, text may not.
 */
public record HostAndPort(String host, int port) {
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*\\.?");
    private static final Pattern DIGITS_AND_DOTS = Pattern.compile("[0-9.]+");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-f:.]*:[0-9a-f:.]*");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

    public HostAndPort {
        host = host.toLowerCase(Locale.ROOT);
        boolean address =
                DIGITS_AND_DOTS.matcher(host).matches() || IPV6.matcher(host).matches();
        if (address ? literal(host).isEmpty() : !NAME.matcher(host).matches() || host.length() > 253) {
            throw new IllegalArgumentException("has a host that is neither a DNS name nor an IP address");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("has a port outside 1 to 65535");
        }
    }

    /** Throws IllegalArgumentException, with a reason a person can read, if the text is not {@code host:port}. */
    public static HostAndPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || text.endsWith("]")) {
            throw new IllegalArgumentException("has no port");
        }
        String host = text.substring(0, colon);
        String port = text.substring(colon + 1);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (bracketed) {
            host = host.substring(1, host.length() - 1);
        }
        if (bracketed != host.contains(":")) {
            throw new IllegalArgumentException("needs brackets around an IPv6 address, and around nothing else");
        }
        if (!PORT.matcher(port).matches() || Integer.parseInt(port) == 0) {
            throw new IllegalArgumentException("has a port outside 1 to 65535");
        }
        return new HostAndPort(host, Integer.parseInt(port));
    }

    /** Whether only this machine can be meant: 127.0.0.0/8, ::1, or the name localhost. */
    public boolean isLoopback() {
        return host.equals("localhost")
                || literal(host).filter(InetAddress::isLoopbackAddress).isPresent();
    }

    /** Whether it stands for every address of the machine (0.0.0.0 or ::), which nobody can connect to. */
    public boolean isWildcard() {
        return literal(host).filter(InetAddress::isAnyLocalAddress).isPresent();
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    private static Optional<InetAddress> literal(String host) {
        if (!DIGITS_AND_DOTS.matcher(host).matches() && !IPV6.matcher(host).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(host))
                    .filter(address -> isFourNumbers(host) || host.contains(":"));
        } catch (IllegalArgumentException notAnAddress) {
            return Optional.empty();
        }
    }

    private static boolean isFourNumbers(String host) {
        return host.chars().filter(c -> c == '.').count() == 3;
    }
}
