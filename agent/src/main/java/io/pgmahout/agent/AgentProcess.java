package io.pgmahout.agent;

import io.pgmahout.agent.cli.AdminAccess;
import io.pgmahout.agent.observe.Logging;
import io.pgmahout.config.Loaded;
import io.pgmahout.config.Problem;
import io.pgmahout.config.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.LoggerFactory;

/** The process of one agent: configuration in, exit code out. */
final class AgentProcess {

    /** Told to end, and did. */
    static final int ENDED = 0;

    /** Something on this machine cannot be used, or the agent may not go on. */
    static final int FAILED = 1;

    /** The configuration has problems; nothing was started. */
    static final int BAD_CONFIGURATION = 2;

    private AgentProcess() {}

    /** Runs until the agent ends. SIGTERM retires it: the server and its permit stay with the gate. */
    static int run(DaemonLine line) {
        Map<String, String> environment = new TreeMap<>(System.getenv());
        environment.keySet().removeAll(AdminAccess.VARIABLES);
        SettingsSource source =
                new SettingsSource(line.config().map(Path::toAbsolutePath), environment, line.overrides());
        return switch (source.load()) {
            case Loaded.Invalid invalid -> {
                invalid.problems().stream().map(Problem::line).forEach(System.err::println);
                yield BAD_CONFIGURATION;
            }
            case Loaded.Valid valid -> {
                valid.warnings().stream().map(Problem::line).forEach(System.err::println);
                yield run(valid, source);
            }
        };
    }

    private static int run(Loaded.Valid loaded, SettingsSource source) {
        Settings settings = loaded.settings();
        Logging.start(
                settings.log().format().name().toLowerCase(Locale.ROOT),
                settings.log().level().name(),
                settings.cluster(),
                settings.member().name());
        // A thread of the agent that died would leave it half alive: it ends, and the gate holds the fence.
        Thread.setDefaultUncaughtExceptionHandler((thread, bug) -> {
            LoggerFactory.getLogger(AgentProcess.class).error("thread {} failed", thread.getName(), bug);
            Logging.stop();
            Runtime.getRuntime().halt(FAILED);
        });
        try {
            Agent agent = Agent.start(loaded, source);
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
                agent.retire();
                Logging.stop();
            }));
            Hangup.onSignal(agent::reload);
            return agent.await();
        } catch (IOException | GeneralSecurityException e) {
            System.err.println("pgmahout agent: " + e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        } catch (RuntimeException | Error bug) {
            // Here, since the log is closed before an uncaught one would be told of.
            LoggerFactory.getLogger(AgentProcess.class).error("the agent could not start", bug);
            return FAILED;
        } finally {
            Logging.stop();
        }
    }
}
