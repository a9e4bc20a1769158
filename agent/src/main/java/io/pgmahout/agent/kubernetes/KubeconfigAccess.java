package io.pgmahout.agent.kubernetes;

import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.auth.ApiKeyAuth;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** Access as a kubeconfig's current context says, with all the ways to log in that the official client knows. */
final class KubeconfigAccess {

    private KubeconfigAccess() {}

    static KubernetesAccess open(Path file) throws IOException {
        try (Reader reader = Files.newBufferedReader(file)) {
            KubeConfig config = KubeConfig.loadKubeConfig(reader);
            config.setFile(file.toFile());
            if (config.getServer() == null) {
                throw new IOException("the kubeconfig " + file + " has no current context with a server");
            }
            ApiClient client = ClientBuilder.kubeconfig(config).build();
            return new KubernetesAccess(
                    loggedIn(client),
                    HttpUrl.get(client.getBasePath()),
                    config.getNamespace() == null ? "default" : config.getNamespace());
        } catch (YAMLException e) {
            // Its message, and so the exception itself, quotes lines of a file that holds secrets.
            throw new IOException("the kubeconfig " + file + " cannot be used: it is not YAML" + place(e));
        } catch (RuntimeException e) {
            throw new IOException("the kubeconfig " + file + " cannot be used: " + e, e);
        }
    }

    private static String place(YAMLException e) {
        return e instanceof MarkedYAMLException marked && marked.getProblemMark() != null
                ? ", line " + (marked.getProblemMark().getLine() + 1)
                : "";
    }

    /** Certificates are in the client already; a token is put into its own requests only. */
    private static OkHttpClient loggedIn(ApiClient client) {
        if (!(client.getAuthentication("BearerToken") instanceof ApiKeyAuth login) || login.getApiKey() == null) {
            return client.getHttpClient();
        }
        String header =
                login.getApiKeyPrefix() == null ? login.getApiKey() : login.getApiKeyPrefix() + " " + login.getApiKey();
        return client.getHttpClient()
                .newBuilder()
                .addInterceptor(chain -> chain.proceed(chain.request()
                        .newBuilder()
                        .header("Authorization", header)
                        .build()))
                .build();
    }
}
