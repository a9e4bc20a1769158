package io.pgmahout.tests.kubernetes;

import java.time.Duration;
import java.util.function.BiConsumer;

/**
 * What befalls a primary.
 *
 * @param lasts how long, at least; and until somebody writes again where another is to lead
 * @param failsOver whether another member is to lead
 * @param inside whether clients on the primary's own node write as well
 */
record Fault(
        String name,
        Duration lasts,
        boolean failsOver,
        boolean inside,
        BiConsumer<Release, Pod> happens,
        BiConsumer<Release, Pod> ends) {

    static final Fault[] ALL = {
        new Fault(
                "postgres killed",
                Duration.ZERO,
                // Or it is started again in place.
                false,
                false,
                (release, pod) -> InPod.kill(pod, "bin/postgres\0"),
                Fault::byItself),
        new Fault(
                "pod deleted by force",
                Duration.ZERO,
                true,
                false,
                (release, pod) -> release.kubectl("delete", "pod", pod.name(), "--force", "--grace-period=0"),
                (release, pod) -> release.awaitOther(pod, Limits.BOOT)),
        new Fault("switchover", Duration.ZERO, true, false, (release, pod) -> release.switchover(), Fault::byItself),
        onNode("node loses power", Duration.ZERO, false, "kill", "start"),
        onNode("node cut off, clients on both sides", Duration.ofSeconds(5), true, "cut", "heal"),
        onNode("node frozen for 60 s", Duration.ofSeconds(60), false, "freeze", "thaw"),
        new Fault(
                "API server away for 60 s",
                Duration.ofSeconds(60),
                false,
                false,
                (release, pod) -> Cluster.run("api", "stop"),
                (release, pod) -> Cluster.run("api", "start"))
    };

    private static Fault onNode(String name, Duration lasts, boolean inside, String begin, String end) {
        return new Fault(
                name,
                lasts,
                true,
                inside,
                (release, pod) -> Cluster.run("node", begin, pod.nodeNumber()),
                (release, pod) -> Cluster.run("node", end, pod.nodeNumber()));
    }

    private static void byItself(Release release, Pod pod) {}
}
