package io.pgmahout.agent;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pgmahout.agent.admin.AdminOptions;
import io.pgmahout.agent.admin.Operations.ConfigRow;
import io.pgmahout.agent.admin.Operations.Reloaded;
import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.observe.EventLog;
import io.pgmahout.agent.observe.Logging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

final class RunningTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void theConfigurationShownIsWhatIsInEffect() throws Exception {
        ConfigurationFile file = new ConfigurationFile(directory);
        SettingsSource source =
                file.write("member.priority: 5", "failover.peer-lease: 800ms", "postgres.parameters.work_mem: 4MB");
        String path = source.file().orElseThrow().toString();
        Running running = new Running(ConfigurationFile.load(source), source);
        List<ConfigRow> atStart = running.configuration();
        assertThat(atStart)
                .contains(
                        new ConfigRow("member.priority", "5", path + ":8"),
                        new ConfigRow("failover.peer-lease", "800ms", path + ":9"),
                        new ConfigRow("postgres.parameters.work_mem", "4MB", path + ":10"));

        file.write(
                "# moved",
                "member.priority: 7",
                "failover.peer-lease: 900ms",
                "failover.max-lag: 2MB",
                "postgres.parameters.jit: off");
        assertThat(running.configuration()).as("not read again").isEqualTo(atStart);

        assertThat(running.readAgain())
                .isEqualTo(new Reloaded(
                        List.of("member.priority", "postgres.parameters", "failover.max-lag"),
                        List.of("failover.peer-lease"),
                        List.of()));
        assertThat(running.configuration())
                .contains(
                        new ConfigRow("member.priority", "7", path + ":9"),
                        new ConfigRow("failover.max-lag", "2MB", path + ":11"),
                        new ConfigRow("postgres.parameters.jit", "off", path + ":12"))
                .as("waits for a restart")
                .contains(new ConfigRow("failover.peer-lease", "800ms", path + ":9"))
                .extracting(ConfigRow::key)
                .doesNotContain("postgres.parameters.work_mem");

        List<ConfigRow> reloaded = running.configuration();
        Files.writeString(source.file().orElseThrow(), "nonsense");
        assertThat(running.readAgain().problems()).isNotEmpty();
        assertThat(running.configuration()).isEqualTo(reloaded);
    }

    @Test
    void aReloadAppliesWhatItSaysItApplies() throws Exception {
        Path token = secret("token", "old-token");
        Path told = directory.resolve("told");
        Path callback = Files.writeString(directory.resolve("callback"), "#!/bin/sh\necho \"$@\" >> " + told + "\n");
        Files.setPosixFilePermissions(callback, PosixFilePermissions.fromString("rwxr-xr-x"));
        ConfigurationFile file = new ConfigurationFile(directory);
        SettingsSource source = file.write("log.level: info", "admin.token-file: " + token);
        Running running = new Running(ConfigurationFile.load(source), source);
        AdminOptions admin = AdminSettled.options(running.settings(), running::settings);

        secret("token", "new-token");
        file.write("log.level: debug", "admin.token-file: " + token, "callback.command: [" + callback + "]");
        try {
            assertThat(running.readAgain())
                    .isEqualTo(new Reloaded(
                            List.of("admin.token-file", "callback.command", "log.level"), List.of(), List.of()));
            assertThat(admin.token().get()).hasValue("new-token");
            assertThat(LoggerFactory.getLogger(RunningTest.class).isDebugEnabled())
                    .isTrue();
            running.route(new Effect.Route(Role.PRIMARY, new Term(2), false));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> Files.exists(told) && Files.readAllLines(told).equals(List.of("primary demo m1 2")));
        } finally {
            Logging.level("info");
        }
    }

    /** Of what else a watch breaks by, the reads and writes tell. */
    @Test
    void aMissingRightToWatchTheRecordIsToldOnceAndItsEnd() throws Exception {
        SettingsSource source = new ConfigurationFile(directory).write();
        Running running = new Running(ConfigurationFile.load(source), source);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger logger = (Logger) LoggerFactory.getLogger(EventLog.LOGGER);
        logger.addAppender(lines);
        try {
            String why = "not allowed to watch the Lease zoo: grant the verb \"watch\" on leases";
            running.watchLost("the API server is away");
            running.watchLost("");
            running.watchLost(why);
            running.watchLost(why);
            running.watchLost("");
            running.watchLost("");
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list)
                .extracting(line -> line.getKeyValuePairs().getFirst().toString())
                .containsExactly("event=\"STORE_WATCH_REFUSED\"", "event=\"FAILURE_ENDED\"");
    }

    private Path secret(String name, String text) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
}
