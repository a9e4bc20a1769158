package io.pgmahout.agent;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The daemon of one member as a subcommand; returns when it has ended. */
@Command(
        name = "agent",
        description = {
            "Run the agent of one member, beside its gate.",
            "SIGTERM ends it and leaves the server to the gate; SIGHUP reads the configuration again."
        })
final class AgentCommand implements Callable<Integer> {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The YAML file; PGMAHOUT_… of the environment and --set go before it.")
    private @Nullable Path config;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Override a key, as often as wanted.")
    private @Nullable Map<String, String> overrides;

    @Override
    public Integer call() {
        return AgentProcess.run(new DaemonLine(Optional.ofNullable(config), overrides == null ? Map.of() : overrides));
    }
}
