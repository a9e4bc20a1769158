package io.pgmahout.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.config.BootstrapSettings.Method;
import io.pgmahout.config.LogSettings.Format;
import io.pgmahout.config.LogSettings.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
    @TempDir
    Path directory = Path.of("/");

    @Test
    void defaults() {
        var loaded = Fixture.valid(Map.of());
        assertThat(loaded.warnings()).isEmpty();
        assertThat(loaded.settings())
                .isEqualTo(new Settings(
                        "demo",
                        new MemberSettings("a", 100, false, Path.of("/var/lib/pgmahout"), Path.of("/run/pgmahout")),
                        new GossipSettings(
                                new HostAndPort("127.0.0.1", 8010),
                                Optional.empty(),
                                List.of(),
                                false,
                                Optional.empty()),
                        new AdminSettings(
                                new HostAndPort("127.0.0.1", 8008),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        new StoreSettings.File(Path.of("/srv/demo/record")),
                        new PostgresSettings(
                                Path.of("/srv/demo/a/data"),
                                Optional.empty(),
                                new HostAndPort("0.0.0.0", 5432),
                                Optional.empty(),
                                Path.of("/run/postgresql"),
                                new Account("postgres", Optional.empty()),
                                new Account("replicator", Optional.empty()),
                                Map.of(),
                                List.of("local all all peer", "host all all all scram-sha-256")),
                        new BootstrapSettings(
                                Method.INITDB,
                                "C.UTF-8",
                                "UTF8",
                                true,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                List.of()),
                        new FailoverSettings(
                                new DataSize(1 << 20),
                                Duration.ofMillis(750),
                                Duration.ofSeconds(3),
                                0.10,
                                Duration.ofMillis(100),
                                Duration.ofSeconds(15),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(60),
                                new DataSize(16 << 20),
                                Duration.ofSeconds(2),
                                Duration.ofMinutes(30),
                                true),
                        new RebuildSettings(Duration.ofHours(24), Optional.empty()),
                        new RoutingSettings(false, "demo-rw", "a"),
                        Optional.empty(),
                        Optional.empty(),
                        new LogSettings(Format.AUTO, Level.INFO)));
    }

    @Test
    void whatIsDerived() {
        var failover = Fixture.valid(Map.of()).settings().failover();
        assertThat(failover.heartbeatInterval()).isEqualTo(Duration.ofNanos(187_500_000));
        assertThat(failover.failsafeLease()).isEqualTo(Duration.ofSeconds(5));
        assertThat(Fixture.valid(Map.of("failover.failsafe", "false"))
                        .settings()
                        .failover()
                        .failsafeLease())
                .isEqualTo(Duration.ZERO);
        assertThat(failover.renewInterval()).isEqualTo(Duration.ofMillis(3750));
        assertThat(failover.stretched(Duration.ofMillis(750)))
                .isBetween(Duration.ofMillis(825), Duration.ofMillis(826));
    }

    @Test
    void theDefaultGossipAddressNeedsTls() {
        var overrides = new HashMap<>(Fixture.MINIMUM);
        overrides.remove("gossip.listen");
        assertThat(Fixture.problems(Configuration.load(Optional.empty(), Map.of(), overrides)))
                .singleElement()
                .satisfies(
                        problem -> assertThat(problem.line())
                                .startsWith(
                                        "gossip.listen = \"0.0.0.0:8010\": makes gossip leave this host without TLS; allowed: "));
    }

    @Test
    void everyLayerOverridesTheOneBelowAndIsNamedAsOrigin() {
        Path file = Fixture.file(directory, "failover:", "  peer-lease: 800ms", "  drop-after: 3s", "  max-lag: 2MB");
        var environment = Map.of("PGMAHOUT_FAILOVER_DROP_AFTER", "4s", "PGMAHOUT_FAILOVER_MAX_LAG", "3MB", "HOME", "/");
        var loaded =
                Fixture.valid(Configuration.load(Optional.of(file), environment, Map.of("failover.max-lag", "4MB")));
        var failover = loaded.settings().failover();
        assertThat(failover.peerLease()).isEqualTo(Duration.ofMillis(800));
        assertThat(failover.dropAfter()).isEqualTo(Duration.ofSeconds(4));
        assertThat(failover.maxLag()).isEqualTo(DataSize.parse("4MB"));
        assertThat(loaded.origins())
                .containsEntry("failover.peer-lease", new Origin.File(file, 8))
                .containsEntry("failover.drop-after", new Origin.Environment("PGMAHOUT_FAILOVER_DROP_AFTER"))
                .containsEntry("failover.max-lag", new Origin.CommandLine())
                .containsEntry("failover.switchover-timeout", new Origin.Default());
        assertThat(loaded.origins().keySet())
                .containsExactlyElementsOf(Keys.ALL.stream().map(Key::name).toList());
    }

    @Test
    void aHigherLayerHidesWhatIsWrongWithAValueBelow() {
        Path file = Fixture.file(directory, "failover.max-lag: lots");
        assertThat(Fixture.problems(Configuration.load(Optional.of(file), Map.of(), Map.of("failover.max-lag", "4MB"))))
                .isEmpty();
    }

    @Test
    void parametersAreMergedNameByName() {
        Path file = Fixture.file(
                directory,
                "postgres:",
                "  parameters:",
                "    work_mem: 8MB",
                "    Max_Connections: 200",
                "    auto_explain.log_min_duration: 0",
                "    auto_explain: {log_nested_statements: on}");
        var environment = Map.of("PGMAHOUT_POSTGRES_PARAMETERS", "max_connections=300, shared_preload_libraries=a\\,b");
        var commandLine = Map.of("postgres.parameters.work_mem", "16MB");
        var loaded = Fixture.valid(Configuration.load(Optional.of(file), environment, commandLine));
        assertThat(loaded.settings().postgres().parameters())
                .containsExactly(
                        Map.entry("auto_explain.log_min_duration", "0"),
                        Map.entry("auto_explain.log_nested_statements", "on"),
                        Map.entry("max_connections", "300"),
                        Map.entry("shared_preload_libraries", "a,b"),
                        Map.entry("work_mem", "16MB"));
        assertThat(loaded.origins())
                .containsEntry("postgres.parameters.work_mem", new Origin.CommandLine())
                .containsEntry(
                        "postgres.parameters.max_connections", new Origin.Environment("PGMAHOUT_POSTGRES_PARAMETERS"))
                .containsEntry("postgres.parameters.auto_explain.log_min_duration", new Origin.File(file, 11));
    }

    @Test
    void allProblemsAtOnceInTheOrderOfTheFile() {
        Path file = Fixture.file(
                directory,
                "failover:",
                "  peer_lease: 1s",
                "  max-lag: 16mb",
                "  peer-lease-max: 500ms",
                "  renew-interval: 3s",
                "postgres:",
                "  superuser: {password: hunter2}",
                "  parameters:",
                "    wal_level: minimal",
                "    primary_conninfo: host=x password=hunter2",
                "  pg-hba: [local all all peer, allow all]",
                "restapi: {listen: '0.0.0.0:8008'}",
                "metrics: {port: 9187, path: /metrics}",
                "store.type: etcd");
        var environment =
                Map.of("PGMAHOUT_MEMBER_PRIORITY", "high", "PGMAHOUT_LOG_LEVLE", "info", "PGMAHOUT_RUN", "/x");
        var loaded = Configuration.load(Optional.of(file), environment, Map.of("peer-lease", "1s"));
        String at = file + ":";
        assertThat(Fixture.problems(loaded).stream().map(Problem::line))
                .containsExactly(
                        at + "8: failover.peer_lease = \"1s\": is not a key; did you mean failover.peer-lease?",
                        at + "9: failover.max-lag = \"16mb\": is not a whole number followed by B, kB, MB, GB or TB;"
                                + " allowed: a size from 0B to 1TB, such as 16kB, 64MB, 1GB",
                        at
                                + "10: failover.peer-lease-max = \"500ms\": makes failover.peer-lease-max (500ms) shorter than"
                                + " failover.peer-lease (750ms); allowed: failover.peer-lease-max is at least"
                                + " failover.peer-lease, since G starts at the one and is raised to the other",
                        at
                                + "11: failover.renew-interval = \"3s\": is not a setting: the record is renewed every quarter"
                                + " of failover.lease-duration; set that",
                        at + "13: postgres.superuser.password = \"********\": is not a setting: secrets are read from"
                                + " files only; set postgres.superuser.password-file",
                        at
                                + "15: postgres.parameters.wal_level = \"minimal\": must be replica or logical: standbys need"
                                + " the WAL of replication",
                        at + "16: postgres.parameters.primary_conninfo = \"********\": is set by pgmahout: it says whom"
                                + " this member follows, which the agent decides",
                        at
                                + "17: postgres.pg-hba = \"allow all\": does not start with a type of record of pg_hba.conf, or"
                                + " is too long; allowed: a list of at most 256, each a record of pg_hba.conf (local, host,"
                                + " hostssl, …) of at most 1024 bytes",
                        at + "18: restapi.listen = \"0.0.0.0:8008\": is called admin.listen here",
                        at + "19: metrics: is not a key",
                        at + "20: store.type: is here a second time; first in line 4",
                        "environment PGMAHOUT_LOG_LEVLE: PGMAHOUT_LOG_LEVLE = \"info\": sets no key; did you mean"
                                + " PGMAHOUT_LOG_LEVEL?",
                        "environment PGMAHOUT_MEMBER_PRIORITY: member.priority = \"high\": is not a whole number; allowed:"
                                + " a whole number from 0 to 1000",
                        "command line: peer-lease = \"1s\": is not a key; did you mean failover.peer-lease?");
    }

    @Test
    void missingKeysNameTheFile() {
        Path file = Fixture.write(directory.resolve("empty.yaml"), "", "rw-r--r--");
        assertThat(Fixture.problems(Configuration.load(Optional.of(file), Map.of(), Map.of())).stream()
                        .filter(problem -> problem.reason().startsWith("is required"))
                        .map(Problem::line))
                .hasSize(4)
                .allMatch(line -> line.startsWith(file + ": "))
                .anyMatch(line -> line.contains(": cluster: is required, but nothing sets it; allowed: a DNS label"));
    }

    @Test
    void problemsOfVariablesMaskWhatMayBeSecret() {
        var environment = Map.of(
                "PGMAHOUT_ADMIN_TOKEN", "hunter2",
                "PGMAHOUT_ADMIN_TOKEN_FIEL", "hunter2",
                "PGMAHOUT_ADMIN_TOKEN_FILE", "hunter2",
                "PGMAHOUT_POSTGRES_PARAMETERS", "a.password=x${hunter2},hunter2");
        assertThat(Fixture.problems(Configuration.load(Optional.empty(), environment, Fixture.MINIMUM)))
                .hasSize(5)
                .allSatisfy(problem -> assertThat(problem.value().orElse("")).doesNotContain("hunter2"));
    }

    @Test
    void sectionsAreNotValuesAndValuesAreNotSections() {
        assertThat(Fixture.problems(Map.of("failover", "1s")))
                .extracting(Problem::line)
                .containsExactly("command line: failover = \"1s\": is a section, which has keys below it");
        assertThat(Fixture.problems(Fixture.loadFile(
                        directory,
                        "member.priority: {a: 1}",
                        "log.level: [info]",
                        "gossip.peers: a:1",
                        "postgres.parameters: [a]",
                        "postgres.pg-hba: {a: b}")))
                .extracting(problem -> problem.key() + " " + problem.reason())
                .containsExactly(
                        "member.priority is a section where a value belongs",
                        "log.level is a list where one value belongs",
                        "gossip.peers is one value where a list belongs",
                        "postgres.parameters is a list where a section belongs",
                        "postgres.pg-hba is a section where a value belongs");
    }
}
