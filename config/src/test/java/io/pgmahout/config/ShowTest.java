package io.pgmahout.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShowTest {
    @TempDir
    Path directory = Path.of("/");

    @Test
    void everyKeyWithItsValueAndOrigin() {
        Path secret = Fixture.write(directory.resolve("secret"), "s3cret", "rw-------");
        var loaded = Fixture.valid(Map.of(
                "admin.token-file", secret.toString(),
                "postgres.parameters.work_mem", "8MB",
                "postgres.parameters.vault.password", "hunter2",
                "callback.command", "/bin/vip,a\\,b",
                "failover.drop-after", "120s"));
        assertThat(Show.rows(loaded))
                .contains(
                        new Show.Row("cluster", "demo", new Origin.CommandLine()),
                        new Show.Row("admin.token-file", "********", new Origin.CommandLine()),
                        new Show.Row("admin.advertise", "", new Origin.Default()),
                        new Show.Row("postgres.parameters.work_mem", "8MB", new Origin.CommandLine()),
                        new Show.Row("postgres.parameters.vault.password", "********", new Origin.CommandLine()),
                        new Show.Row("callback.command", "/bin/vip,a\\,b", new Origin.CommandLine()),
                        new Show.Row("failover.drop-after", "2m", new Origin.CommandLine()),
                        new Show.Row("failover.clock-drift", "0.1", new Origin.Default()));
        assertThat(Show.rows(loaded)).hasSize(Keys.ALL.size() - 1 + 2);
    }

    @Test
    void whatIsShownLoadsAgainToTheSame() {
        var loaded = Fixture.valid(Map.of("callback.command", "/bin/vip,a\\,b\\\\c", "postgres.parameters.x.y", "1,2"));
        var again = new HashMap<String, String>();
        for (Show.Row row : Show.rows(loaded)) {
            if (!row.value().isEmpty() && !row.key().startsWith("store.etcd.")) {
                again.put(row.key(), row.value());
            }
        }
        assertThat(Fixture.valid(again).settings()).isEqualTo(loaded.settings());
    }
}
