package io.pgmahout.agent;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the daemon of one member. */
@Command(
        name = "agent",
        description = {
            "Runs the agent of one member, beside its gate.",
            "Exit codes: 0 ended as told, 1 may not go on, 2 bad configuration (nothing was started)."
        },
        mixinStandardHelpOptions = true)
final class AgentCommand implements Callable<Integer> {

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The configuration; also PGMAHOUT_CONFIG.")
    private @Nullable Path file;

    @Option(
            names = {"-s", "--set"},
            paramLabel = "KEY=VALUE",
            description = "A setting that wins over file and environment; repeatable.")
    private Map<String, String> settings = new TreeMap<>();

    @Override
    public Integer call() {
        String fromEnvironment = System.getenv("PGMAHOUT_CONFIG");
        Optional<Path> chosen = Optional.ofNullable(file)
                .or(() -> Optional.ofNullable(fromEnvironment).map(Path::of));
        return AgentProcess.run(chosen, System.getenv(), settings);
    }
}
