package io.pgmahout.agent.admin;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A request as it came, complete.
 *
 * @param query decoded parameters, each given once
 */
record Request(
        String method,
        String path,
        Map<String, String> query,
        String target,
        HttpHeaders headers,
        String body,
        InetSocketAddress from) {

    /** Names the member that passed a request on, so that none goes round. */
    static final String FORWARDED_BY = "Pgmahout-Forwarded-By";

    /**
     * Throws {@link RefusedException} if the target or its query cannot be read.
     */
    static Request of(FullHttpRequest http, InetSocketAddress from) {
        String target = http.uri();
        if (!target.startsWith("/")) {
            throw new RefusedException(Problem.malformed("The target is not a path."));
        }
        Map<String, String> query = new TreeMap<>();
        String path;
        try {
            QueryStringDecoder decoder = new QueryStringDecoder(target);
            path = decoder.path();
            for (Map.Entry<String, List<String>> parameter :
                    decoder.parameters().entrySet()) {
                if (parameter.getValue().size() > 1) {
                    throw new RefusedException(
                            Problem.malformed("The parameter " + parameter.getKey() + " is given twice."));
                }
                query.put(parameter.getKey(), parameter.getValue().getFirst());
            }
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Problem.malformed("The target is not well encoded."));
        }
        return new Request(
                http.method().name(),
                path,
                query,
                target,
                http.headers(),
                http.content().toString(StandardCharsets.UTF_8),
                from);
    }

    @Nullable
    String header(CharSequence name) {
        return headers.get(name);
    }

    @Nullable
    String host() {
        return headers.get(HttpHeaderNames.HOST);
    }

    boolean forwarded() {
        return headers.contains(FORWARDED_BY);
    }

    /** Refuses parameters that nobody would heed. */
    void onlyParameters(Set<String> known) {
        for (String name : query.keySet()) {
            if (!known.contains(name)) {
                throw new RefusedException(Problem.malformed("The parameter " + name + " is not known here"
                        + (known.isEmpty() ? "." : "; known: " + String.join(", ", known) + ".")));
            }
        }
    }
}
