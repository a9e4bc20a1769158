package io.pgmahout.tests.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The commands that start a member's gate and its agent. */
final class MemberCommands {

    private final LocalCluster cluster;
    private final ClusterOptions.Place place;

    MemberCommands(LocalCluster cluster, ClusterOptions.Place place) {
        this.cluster = cluster;
        this.place = place;
    }

    /** A gate of its data directory, with the run directory {@code run}. */
    List<String> gate(LocalMember member, Path run) {
        Installation programs = cluster.programs();
        List<String> command = new ArrayList<>(place.wrapper());
        command.addAll(List.of("bash", programs.gate().toString()));
        command.addAll(List.of("--run", run.toString()));
        command.addAll(List.of("--data", member.data().toString()));
        command.addAll(List.of("--bin", programs.postgres().toString()));
        return command;
    }

    /** An agent with its configuration; {@code jvmOptions} come after those of the cluster. */
    List<String> agent(LocalMember member, List<String> jvmOptions) {
        List<String> options = new ArrayList<>(cluster.options().jvmOptions());
        options.addAll(jvmOptions);
        List<String> command = new ArrayList<>(place.wrapper());
        boolean kubernetes = "kubernetes".equals(cluster.options().settings().get("store.type"));
        Installation programs = cluster.programs();
        command.addAll(kubernetes ? programs.withAllLibraries(options) : programs.agent(options));
        command.addAll(List.of("agent", "--config", member.configuration().toString()));
        return command;
    }
}
