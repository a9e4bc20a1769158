package io.pgmahout.tests.kubernetes;

import io.pgmahout.tests.cluster.ClusterException;
import io.pgmahout.tests.cluster.Waiting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;

/** The processes of a pod, as its node's kernel knows them. */
final class InPod {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    private InPod() {}

    /** SIGKILL to a process of the pod whose command line has this word. */
    static void kill(Pod pod, String word) {
        ProcessHandle.of(pid(pod, word)).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Takes memory at the expense of the container that such a process is in, until the kernel has ended that process. */
    static void exhaustMemory(Pod pod, String word) throws IOException {
        long victim = pid(pod, word);
        // The kernel takes who is offered first, and not every machine lets its own be protected.
        Files.writeString(Path.of("/proc", Long.toString(victim), "oom_score_adj"), "1000");
        Process hog = new ProcessBuilder(
                        "bash",
                        "-c",
                        "echo $$ >\"$0/cgroup.procs\" && exec tail /dev/zero",
                        cgroup(victim).toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            Waiting.until(
                    "the end of " + word + " of " + pod.name(),
                    LIMIT,
                    () -> ProcessHandle.of(victim).isEmpty());
        } finally {
            hog.destroyForcibly();
        }
    }

    /** Of several the one that was there first. */
    private static long pid(Pod pod, String word) {
        return Cluster.run("node", "processes", pod.nodeNumber())
                .lines()
                .map(line -> Path.of("/proc", line.strip()))
                .filter(process -> text(process.resolve("cmdline")).contains(word)
                        && text(process.resolve("environ")).contains("HOSTNAME=" + pod.name() + "\0"))
                .min(Comparator.comparingLong(InPod::numberInside))
                .map(process -> Long.parseLong(process.getFileName().toString()))
                .orElseThrow(() -> new ClusterException("no process of " + pod + " with " + word));
    }

    /** Its pid as the container itself sees it. */
    private static long numberInside(Path process) {
        return text(process.resolve("status"))
                .lines()
                .filter(line -> line.startsWith("NSpid:"))
                .map(line -> line.substring(line.lastIndexOf('\t') + 1))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    /** The directory of the group that limits its memory, of either version. */
    private static Path cgroup(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "cgroup"))) {
            String[] parts = line.split(":", 3);
            if (parts[1].equals("memory")) {
                return CGROUPS.resolve("memory" + parts[2]);
            }
            if (parts[1].isEmpty() && Files.exists(CGROUPS.resolve("cgroup.controllers"))) {
                return CGROUPS.resolve(parts[2].substring(1));
            }
        }
        throw new IOException("process " + pid + " is in no group with a limit of memory");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
