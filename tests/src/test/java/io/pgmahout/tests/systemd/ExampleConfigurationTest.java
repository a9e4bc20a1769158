package io.pgmahout.tests.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.config.Configuration;
import io.pgmahout.config.Loaded;
import io.pgmahout.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code systemd/example.yaml} can be used as it is, and means the directories that the units mean. */
final class ExampleConfigurationTest {
    private static final String HOME = "/etc/pgmahout/";

    @TempDir
    private Path directory;

    @Test
    void loadsWithoutAWarning() throws IOException {
        assertThat(valid().warnings()).isEmpty();
    }

    @Test
    void namesTheDirectoriesOfTheUnits() throws IOException {
        Settings settings = valid().settings();
        String gate = Installed.values("pgmahout-gate@.service", "ExecStart")
                .getFirst()
                .replace("%i", "main");
        assertThat(gate)
                .contains(" --run " + settings.member().runDirectory() + " ")
                .contains(" --data " + settings.postgres().dataDirectory() + " ");
        assertThat(settings.member().stateDirectory()).hasToString("/var/lib/" + unitDirectory("StateDirectory"));
        assertThat(settings.member().runDirectory()).hasToString("/run/" + unitDirectory("RuntimeDirectory"));
    }

    @Test
    void haproxyChecksTheConfiguredPorts() throws IOException {
        Settings settings = valid().settings();
        assertThat(Installed.text("haproxy.cfg"))
                .contains(" port " + settings.admin().listen().port() + " check check-ssl ")
                .contains("server m1 " + settings.postgres().reachableAt());
    }

    private Loaded.Valid valid() throws IOException {
        return switch (load()) {
            case Loaded.Valid valid -> valid;
            case Loaded.Invalid invalid -> throw new AssertionError(invalid.problems());
        };
    }

    /** With the files that an operator makes, in a directory of this test. */
    private Loaded load() throws IOException {
        for (String name : List.of(
                "ca.crt", "m1.crt", "m1.key", "token", "superuser.password", "replication.password", "app.password")) {
            Path secret = directory.resolve(name);
            Files.writeString(secret, "secret\n");
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r-----"));
        }
        Path file = directory.resolve("main.yaml");
        Files.writeString(file, Installed.text("example.yaml").replace(HOME, directory + "/"));
        return Configuration.load(Optional.of(file), Map.of(), Map.of());
    }

    private static String unitDirectory(String key) {
        return Installed.values("pgmahout-agent@.service", key).getFirst().replace("%i", "main");
    }
}
