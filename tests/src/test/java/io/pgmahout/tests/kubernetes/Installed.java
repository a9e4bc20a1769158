package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.tests.cluster.ClusterException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The chart with no values, installed once for all scenarios, and a witness of all that happens to it. Each scenario finds
 * it healthy, leaves it healthy, and never shows two pods with the role of the primary (K11), nor asks for more than its role allows (K14).
 * Other releases that it made are deleted after it.
 */
final class Installed implements BeforeEachCallback, AfterEachCallback, ParameterResolver {

    /**
     * Tag of scenarios in which the API server refuses what the Role allows: it is gone, as it is when a release is deleted and
     * its pods still end, or not read yet by an API server that has just started.
     */
    static final String REFUSED = "refused";

    private static final Duration HEALTHY = Duration.ofMinutes(2);
    private static final ExtensionContext.Namespace STORE = ExtensionContext.Namespace.create(Installed.class);
    private static final String BEGUN = "begun";

    /** What all scenarios share. */
    private record Shared(Release release, Witness witness) implements AutoCloseable {
        @Override
        public void close() {
            witness.close();
        }
    }

    private static Shared shared(ExtensionContext context) {
        return context.getRoot().getStore(STORE).computeIfAbsent(Shared.class, key -> install(), Shared.class);
    }

    private static Shared install() {
        Witness witness = new Witness();
        Cluster.kubectl(
                "label",
                "namespace",
                Release.DEFAULT_NAMESPACE,
                "--overwrite",
                "pod-security.kubernetes.io/enforce=restricted");
        Release release = new Release(Release.DEFAULT_NAMESPACE, "pg", 3);
        long since = System.nanoTime();
        release.helm("upgrade", "--install");
        release.awaitHealthy(HEALTHY);
        Report.tell("from helm install to health", seconds(since));
        return new Shared(release, witness);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        Shared shared = shared(context);
        shared.release.awaitHealthy(HEALTHY);
        shared.witness.begin();
        context.getStore(STORE).put(BEGUN, System.nanoTime());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Shared shared = shared(context);
        Long begun = context.getStore(STORE).get(BEGUN, Long.class);
        String name = context.getRequiredTestClass().getSimpleName() + "."
                + context.getRequiredTestMethod().getName();
        if (context.getExecutionException().isPresent() || begun == null) {
            keep(shared, name);
            deleteOthers(shared);
            return;
        }
        try {
            shared.release.awaitHealthy(HEALTHY);
            assertThat(shared.witness.twoPrimaries())
                    .as("two pods with the role primary")
                    .isEmpty();
            if (!context.getTags().contains(REFUSED)) {
                assertThat(AuditLog.from(Instant.now().minusNanos(System.nanoTime() - begun))
                                .refused(shared.release))
                        .as("what the role did not allow")
                        .isEmpty();
            }
        } catch (ClusterException | AssertionError e) {
            keep(shared, name);
            throw e;
        } finally {
            deleteOthers(shared);
        }
        Report.tell(name, seconds(begun));
    }

    private static void deleteOthers(Shared shared) {
        for (Release each : Release.all()) {
            if (!each.equals(shared.release)) {
                each.delete();
            }
        }
    }

    private static String seconds(long since) {
        return "%.0f s".formatted((System.nanoTime() - since) / 1e9);
    }

    private static void keep(Shared shared, String name) {
        Report.tell(name, "failed; see " + Report.DIRECTORY.resolve(name));
        for (Release each : Release.all()) {
            String place = name + "/" + each.namespace() + "-" + each.name() + "/";
            for (Pod pod : each.pods()) {
                for (String container : new String[] {"agent", "postgres"}) {
                    for (String life : new String[] {"", "--previous"}) {
                        String log = log(each, pod, container, life);
                        if (!log.isEmpty()) {
                            Report.keep(place + pod.name() + "-" + container + life, log);
                        }
                    }
                }
            }
        }
        Report.keep(name + "/pods", Cluster.kubectl("get", "pods", "--all-namespaces", "--output=wide"));
        Report.keep(name + "/events", Cluster.kubectl("get", "events", "--all-namespaces"));
        StringBuilder seen = new StringBuilder();
        shared.witness.seen().forEach(version -> seen.append(version).append('\n'));
        Report.keep(name + "/witness", seen.toString());
    }

    private static String log(Release release, Pod pod, String container, String life) {
        try {
            return release.log(pod, container, life);
        } catch (ClusterException noSuchLife) {
            return "";
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Release.class || type == Witness.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Shared shared = shared(context);
        return parameter.getParameter().getType() == Release.class ? shared.release : shared.witness;
    }
}
