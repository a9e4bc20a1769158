package io.pgmahout.agent.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * The token of a pod's service account. Kubernetes replaces it long before it expires; it is in memory, so it is read
 * for each request, and one that cannot be read keeps a request from being sent.
 */
record ServiceAccountToken(Path file) implements Interceptor {

    @Override
    public Response intercept(Chain chain) throws IOException {
        return chain.proceed(chain.request()
                .newBuilder()
                .header("Authorization", "Bearer " + read())
                .build());
    }

    String read() throws IOException {
        String token;
        try {
            token = Files.readString(file).strip();
        } catch (IOException e) {
            throw new IOException("the token " + file + " cannot be read: " + e, e);
        }
        if (token.isEmpty()) {
            throw new IOException("the token " + file + " is empty");
        }
        return token;
    }
}
