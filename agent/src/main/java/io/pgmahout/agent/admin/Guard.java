package io.pgmahout.agent.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what. With a token, everything but health checks and the API's description needs it. Without one the
 * port is on loopback and serves this machine, but no web page that a browser on it shows: a page of elsewhere
 * comes with a foreign Origin, or, its name bent to loopback, with a foreign Host.
 */
final class Guard {

    private final Supplier<Optional<String>> token;

    Guard(Supplier<Optional<String>> token) {
        this.token = token;
    }

    /** Throws {@link RefusedException} if the request may not be done. */
    void check(Request request) {
        Optional<String> wanted = token.get();
        if (wanted.isPresent()) {
            bearer(digest(wanted.get()), request.header(HttpHeaderNames.AUTHORIZATION));
            return;
        }
        if (!request.from().getAddress().isLoopbackAddress()) {
            throw new RefusedException(Problem.forbidden("Without a token only this machine may ask."));
        }
        String host = request.host();
        if (host != null && !isLoopback(host)) {
            throw new RefusedException(Problem.forbidden("The Host header does not name this machine's loopback."));
        }
        String origin = request.header(HttpHeaderNames.ORIGIN);
        if (origin != null && !isLoopback(origin.replaceFirst("^https?://", ""))) {
            throw new RefusedException(Problem.forbidden("The request comes from a page of elsewhere."));
        }
        String site = request.header("Sec-Fetch-Site");
        if (site != null && (site.equals("cross-site") || site.equals("same-site"))) {
            throw new RefusedException(Problem.forbidden("The request comes from a page of elsewhere."));
        }
    }

    private static void bearer(byte[] token, @Nullable String authorization) {
        String realm = "Bearer realm=\"pgmahout\"";
        if (authorization == null) {
            throw new RefusedException(Problem.unauthorised("Send the token as Authorization: Bearer.", realm));
        }
        String given = authorization.regionMatches(true, 0, "Bearer ", 0, 7)
                ? authorization.substring(7).strip()
                : "";
        // Digests have one length, so the time tells nothing of the token's.
        if (!MessageDigest.isEqual(token, digest(given))) {
            throw new RefusedException(
                    Problem.unauthorised("The token is not the right one.", realm + ", error=\"invalid_token\""));
        }
    }

    /** Whether {@code host[:port]} is the name or an address of loopback. */
    static boolean isLoopback(String hostAndPort) {
        String host = hostAndPort.toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            int end = host.indexOf(']');
            return end > 0 && host.substring(1, end).equals("::1");
        }
        int colon = host.indexOf(':');
        host = colon < 0 ? host : host.substring(0, colon);
        return host.equals("localhost") || (NetUtil.isValidIpV4Address(host) && host.startsWith("127."));
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
