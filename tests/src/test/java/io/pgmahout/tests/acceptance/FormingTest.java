package io.pgmahout.tests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.pgmahout.tests.cluster.Attempt;
import io.pgmahout.tests.cluster.ClusterOptions;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.ServerUser;
import io.pgmahout.tests.cluster.StoppedServer;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a cluster comes into being, who may join it, and how it comes back when everything was down. */
class FormingTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration RETENTION = Duration.ofSeconds(10);

    private static final ClusterOptions CALM = ClusterOptions.DEFAULT
            .withSetting("failover.peer-lease", "1500ms")
            .withSetting("failover.peer-lease-max", "3s")
            .withSetting("failover.drop-after", "4s")
            .withSetting("failover.slot-retention", RETENTION.toSeconds() + "s");

    /** Made by the first test that needs it. */
    private static final class Shared {
        static final LocalCluster CLUSTER = LocalCluster.create(CALM);
        static final Oracle ORACLE = new Oracle(CLUSTER);
        static boolean started;

        /** The whole cluster's primary. */
        static LocalMember primary() throws SQLException {
            if (!started) {
                started = true;
                CLUSTER.start();
            }
            return ORACLE.holds();
        }
    }

    @AfterAll
    static void end() {
        if (Shared.started) {
            Shared.CLUSTER.close();
        }
    }

    private static LocalMember wholeCluster() throws SQLException {
        return Shared.primary();
    }

    @Test
    @Tag("A2")
    void aMemberWithAnotherSystemIdentifierIsRefused() throws SQLException {
        LocalMember primary = wholeCluster();
        LocalMember stranger = Shared.CLUSTER.addMember();
        initdb(Shared.CLUSTER, stranger);
        String theirs = systemIdentifier(primary);
        String own = StoppedServer.controlData(Shared.CLUSTER, stranger, "Database system identifier");
        assertThat(own).isNotEqualTo(theirs);
        try {
            stranger.start();
            Waiting.until(
                    "the log names both system identifiers",
                    LIMIT,
                    () -> stranger.agentLog()
                            .lines()
                            .anyMatch(line ->
                                    line.contains("DATA_REFUSED") && line.contains(own) && line.contains(theirs)),
                    stranger::agentLog);
            JsonObject told = stranger.admin().get("/status").body().getAsJsonObject();
            assertThat(told.toString()).contains(own).contains(theirs);
            assertThat(stranger.serverProcesses()).isEmpty();
            assertThat(told.getAsJsonObject("record").get("voters").toString()).doesNotContain(stranger.name());
            assertThat(StoppedServer.controlData(Shared.CLUSTER, stranger, "Database system identifier"))
                    .as("its data is left alone")
                    .isEqualTo(own);
        } finally {
            Shared.CLUSTER.removeMember(stranger);
        }
        awaitForgotten(stranger);
        assertThat(Shared.ORACLE.holds()).isEqualTo(primary);
    }

    @Test
    @Tag("A3")
    void anExistingServerBecomesThePrimaryWithItsDataAndSettings() throws SQLException, IOException {
        try (LocalCluster cluster = LocalCluster.create(CALM)) {
            LocalMember owner = cluster.members().get(1);
            initdb(cluster, owner);
            Path conf = owner.data().resolve("postgresql.conf");
            Path hba = owner.data().resolve("pg_hba.conf");
            Files.writeString(conf, Files.readString(conf) + "\n# mine\nwork_mem = '7MB'\nport = 1\n");
            Files.writeString(hba, Files.readString(hba) + "host mine mine 192.0.2.0/24 scram-sha-256\n");
            String confBefore = Files.readString(conf);
            String hbaBefore = Files.readString(hba);
            StoppedServer.singleUser(
                    cluster,
                    owner,
                    "CREATE TABLE kept AS SELECT i FROM generate_series(1, 1000) i;",
                    "ALTER SYSTEM SET maintenance_work_mem = '33MB';",
                    "CREATE ROLE mine LOGIN;");
            String identifier = StoppedServer.controlData(cluster, owner, "Database system identifier");
            cluster.members().forEach(member -> member.settings().put("bootstrap.method", "none"));
            owner.settings().put("bootstrap.method", "adopt");
            cluster.start();
            Oracle oracle = new Oracle(cluster);
            assertThat(oracle.holds()).isEqualTo(owner);
            assertThat(systemIdentifier(owner)).isEqualTo(identifier);
            for (LocalMember member : cluster.members()) {
                assertThat(member.query("SELECT count(*) FROM kept")).isEqualTo("1000");
                assertThat(member.query("SHOW work_mem")).isEqualTo("7MB");
                assertThat(member.query("SHOW maintenance_work_mem")).isEqualTo("33MB");
                assertThat(member.query("SELECT count(*) FROM pg_roles WHERE rolname = 'mine'"))
                        .isEqualTo("1");
                assertThat(member.query("SELECT count(*) FROM pg_hba_file_rules WHERE user_name = '{mine}'"))
                        .isEqualTo("1");
            }
            assertThat(Files.readString(conf)).isEqualTo(confBefore + "\ninclude_if_exists = 'pgmahout.conf'\n");
            assertThat(Files.readString(hba)).isEqualTo(hbaBefore);
            try (WritingClient client = WritingClient.start(cluster, owner, "postgres")) {
                client.awaitWrites(20, LIMIT);
                oracle.holds(client);
            }
        }
    }

    @Test
    @Tag("A4")
    void aSecondGateOrAgentRefusesAndSaysWhoOwnsTheMember() throws SQLException {
        LocalMember primary = wholeCluster();
        LocalMember standby = Shared.CLUSTER.membersBut(primary).getFirst();
        try (WritingClient client = WritingClient.start(Shared.CLUSTER, primary, "postgres")) {
            for (LocalMember member : List.of(primary, standby)) {
                Attempt gate = member.anotherGate(LIMIT);
                assertThat(gate.status()).isEqualTo(3);
                assertThat(gate.output()).contains(member.data().toString()).contains("pid " + member.gatePid());
                Attempt agent = member.anotherAgent(LIMIT);
                assertThat(agent.status()).isEqualTo(1);
                assertThat(agent.output()).contains("AGENT_REFUSED").contains("pid " + member.agentPid());
            }
            assertThat(Shared.ORACLE.holds(client)).isEqualTo(primary);
        }
    }

    @Test
    @Tag("A5")
    void aSecondMemberWithANameInUseRefusesToStart() throws SQLException {
        LocalMember primary = wholeCluster();
        for (LocalMember namesake :
                List.of(primary, Shared.CLUSTER.membersBut(primary).getFirst())) {
            LocalMember second = Shared.CLUSTER.addMember();
            second.settings().put("member.name", namesake.name());
            try {
                second.start();
                Waiting.until("the end of the second " + namesake, LIMIT, () -> !second.agentRuns(), second::agentLog);
                assertThat(second.agentLog().lines().filter(line -> line.contains("AGENT_REFUSED")))
                        .hasSize(1)
                        .allMatch(line -> line.contains("name of member " + namesake.name() + " is in use"));
                assertThat(second.data()).doesNotExist();
            } finally {
                Shared.CLUSTER.removeMember(second);
            }
        }
        assertThat(Shared.ORACLE.holds()).isEqualTo(primary);
    }

    @Test
    @Tag("A6")
    void aFourthMemberIsAddedStreamsAndIsRemovedWithoutATrace() throws SQLException {
        LocalMember primary = wholeCluster();
        try (WritingClient client = WritingClient.start(Shared.CLUSTER, primary, "postgres")) {
            LocalMember fourth = Shared.CLUSTER.addMember();
            try {
                fourth.start();
                assertThat(Shared.ORACLE.holds(client)).isEqualTo(primary);
                for (LocalMember member : Shared.CLUSTER.membersBut(fourth)) {
                    Waiting.until(
                            "a slot for " + fourth + " at " + member,
                            LIMIT,
                            () -> slots(member).contains("pgmahout_" + fourth.name()));
                }
                fourth.stop();
            } finally {
                Shared.CLUSTER.removeMember(fourth);
            }
            awaitForgotten(fourth);
            for (LocalMember member : Shared.CLUSTER.members()) {
                Waiting.until(
                        "no slot for " + fourth + " at " + member,
                        LIMIT,
                        () -> slots(member).equals(slotsOfTheOthers(member)),
                        () -> String.valueOf(slots(member)));
            }
            assertThat(Shared.ORACLE.holds(client)).isEqualTo(primary);
        }
    }

    /** Moments of a bootstrap that can be seen from outside, and whether the dead member is back at once. */
    enum Moment {
        RECORD_MADE(false),
        INITDB_RUNS(true),
        DATA_IN_PLACE(false),
        SERVER_STARTS(true),
        IDENTIFIED(true);

        private final boolean backAtOnce;

        Moment(boolean backAtOnce) {
            this.backAtOnce = backAtOnce;
        }

        boolean reached(LocalCluster cluster, LocalMember forming) {
            return switch (this) {
                case RECORD_MADE -> true;
                case INITDB_RUNS ->
                    Files.exists(forming.data().resolveSibling("data.new").resolve("PG_VERSION"));
                case DATA_IN_PLACE -> Files.exists(forming.data().resolve("PG_VERSION"));
                case SERVER_STARTS -> forming.postmaster().isPresent();
                case IDENTIFIED ->
                    cluster.storedRecord()
                            .filter(record -> !LocalCluster.text(record, "systemIdentifier")
                                    .isEmpty())
                            .isPresent();
            };
        }
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    @Tag("A7")
    void theBootstrappingMemberDies(Moment moment) throws SQLException {
        try (LocalCluster cluster = LocalCluster.create(ClusterOptions.DEFAULT
                .withSetting("failover.peer-lease", "1s")
                .withSetting("failover.peer-lease-max", "2s")
                .withSetting("failover.lease-duration", "8s"))) {
            cluster.start();
            Waiting.until("the record", LIMIT, () -> cluster.storedRecord().isPresent(), cluster::summary);
            LocalMember forming = cluster.member(cluster.storedRecord()
                    .orElseThrow()
                    .getAsJsonObject("holder")
                    .get("member")
                    .getAsString());
            Waiting.until(moment.name(), LIMIT, () -> moment.reached(cluster, forming), cluster::summary);
            forming.loseNode();
            if (!moment.backAtOnce) {
                assertThat(cluster.awaitPrimary(LIMIT)).isNotEqualTo(forming);
            }
            forming.start();
            Oracle oracle = new Oracle(cluster);
            LocalMember primary = oracle.holds();
            Set<String> identifiers = new HashSet<>();
            for (LocalMember member : cluster.members()) {
                identifiers.add(systemIdentifier(member));
            }
            assertThat(identifiers).as("one cluster").hasSize(1);
            try (WritingClient client = WritingClient.start(cluster, primary, "postgres")) {
                client.awaitWrites(20, LIMIT);
                oracle.holds(client);
            }
        }
    }

    /** How everything goes down, and in which order it comes back. */
    enum Night {
        STANDBYS_STOP_FIRST_PRIMARY_COMES_LAST,
        PRIMARY_STOPS_FIRST_AND_COMES_FIRST,
        POWER_FAILS_PRIMARY_COMES_LAST
    }

    @ParameterizedTest
    @EnumSource(Night.class)
    @Tag("A8")
    void everyMemberIsStoppedAndStartedAgain(Night night) throws SQLException {
        LocalMember primary = wholeCluster();
        try (WritingClient client = WritingClient.start(Shared.CLUSTER, primary, "postgres")) {
            client.awaitWrites(50, LIMIT);
            List<LocalMember> order = new ArrayList<>(Shared.CLUSTER.membersBut(primary));
            switch (night) {
                case STANDBYS_STOP_FIRST_PRIMARY_COMES_LAST -> {
                    order.add(primary);
                    order.forEach(LocalMember::stop);
                }
                case PRIMARY_STOPS_FIRST_AND_COMES_FIRST -> {
                    order.addFirst(primary);
                    order.forEach(LocalMember::stop);
                }
                case POWER_FAILS_PRIMARY_COMES_LAST -> {
                    Shared.CLUSTER.members().forEach(LocalMember::loseNode);
                    Collections.reverse(order);
                    order.add(primary);
                }
            }
            assertThat(Shared.CLUSTER.writable()).isEmpty();
            order.forEach(LocalMember::start);
            Shared.ORACLE.holds(client);
        }
    }

    /** Makes a cluster by hand in the member's data directory, with the superuser's password. */
    private static void initdb(LocalCluster cluster, LocalMember member) {
        ServerUser.run(ServerUser.command(List.of(
                cluster.programs("initdb").toString(),
                "--pgdata=" + member.data(),
                "--username=postgres",
                "--pwfile=" + cluster.directory().resolve("password"),
                "--auth=scram-sha-256",
                "--no-locale",
                "--encoding=UTF8",
                "--no-sync")));
    }

    private static String systemIdentifier(LocalMember member) throws SQLException {
        return member.query("SELECT system_identifier FROM pg_control_system()");
    }

    private static void awaitForgotten(LocalMember gone) {
        for (LocalMember member : Shared.CLUSTER.members()) {
            Waiting.until(
                    member + " has forgotten " + gone,
                    LIMIT,
                    () -> member.admin()
                            .status()
                            .filter(status -> !status.toString().contains("\"" + gone.name() + "\""))
                            .isPresent(),
                    () -> String.valueOf(member.admin().status()));
        }
    }

    private static Set<String> slotsOfTheOthers(LocalMember member) {
        Set<String> names = new HashSet<>();
        Shared.CLUSTER.membersBut(member).forEach(other -> names.add("pgmahout_" + other.name()));
        return names;
    }

    private static Set<String> slots(LocalMember member) {
        try {
            String names = member.query("SELECT string_agg(slot_name, ',') FROM pg_replication_slots");
            return Set.of(names.split(","));
        } catch (SQLException notNow) {
            return Set.of();
        }
    }
}
