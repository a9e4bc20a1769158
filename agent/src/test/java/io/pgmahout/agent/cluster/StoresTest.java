package io.pgmahout.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoresTest {

    /** What the client of Kubernetes brings, by the first letters of the jars' names. */
    private static final List<String> KUBERNETES =
            List.of("client-java", "okhttp", "okio", "kotlin", "logging-interceptor", "gson-fire");

    @TempDir
    private Path directory;

    /** An agent pays for Kubernetes only where its record is there. */
    @Test
    void otherStoresDoWithoutTheClientOfKubernetes() throws Exception {
        URL[] without = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(path -> KUBERNETES.stream().noneMatch(path.getFileName().toString()::startsWith))
                .map(StoresTest::url)
                .toArray(URL[]::new);
        try (URLClassLoader loader = new URLClassLoader(without, ClassLoader.getPlatformClassLoader())) {
            Class<?> kind = load(loader, "cluster.StoreSettings");
            var open = load(loader, "cluster.Stores").getMethod("open", String.class, kind);
            Object file = load(loader, "cluster.FileSettings")
                    .getConstructor(Path.class)
                    .newInstance(directory.resolve("record"));
            Object etcd = load(loader, "cluster.EtcdSettings")
                    .getConstructors()[0]
                    .newInstance(List.of(URI.create("http://127.0.0.1:1")), "/key", null, null);
            for (Object settings : List.of(file, etcd)) {
                ((AutoCloseable) open.invoke(null, "zoo", settings)).close();
            }
            Class<?> login = load(loader, "kubernetes.KubernetesLogin");
            Object account = load(loader, "kubernetes.KubernetesLogin$ServiceAccount")
                    .getConstructor(Path.class, Map.class)
                    .newInstance(directory, Map.of());
            Object kubernetes = load(loader, "cluster.KubernetesSettings")
                    .getConstructor(login, String.class, String.class, String.class)
                    .newInstance(account, null, "zoo", null);
            assertThatThrownBy(() -> open.invoke(null, "zoo", kubernetes))
                    .as("the test leaves out what it says")
                    .cause()
                    .hasMessageContaining("in the directories kubernetes and certs beside lib")
                    .hasRootCauseInstanceOf(ClassNotFoundException.class);
        }
    }

    private static Class<?> load(ClassLoader loader, String name) throws ClassNotFoundException {
        Class<?> loaded = loader.loadClass("io.pgmahout.agent." + name);
        assertThat(loaded.getClassLoader()).isSameAs(loader);
        return loaded;
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new AssertionError(e);
        }
    }
}
