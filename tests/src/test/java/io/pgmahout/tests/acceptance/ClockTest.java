package io.pgmahout.tests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Wall clocks that jump change nothing. */
class ClockTest {
    private static final Duration HOUR = Duration.ofHours(1);

    /** As long as a store lease, which would run out, or never. */
    private static final Duration LOOK = Duration.ofSeconds(16);

    private static final Duration PACE = Duration.ofMillis(300);

    private static WallClocks clocks;
    private static LocalCluster cluster;
    private static Oracle oracle;

    @BeforeAll
    static void form() throws SQLException {
        clocks = new WallClocks();
        cluster = Scenario.formed(Scenario.PATIENT.withPlaces(clocks::place));
        oracle = new Oracle(cluster);
        oracle.holds();
    }

    @AfterAll
    static void end() {
        cluster.close();
        clocks.close();
    }

    @Test
    @Tag("S12")
    void theWallClockOfOneMemberJumpsAnHourBothWays() throws SQLException {
        LocalMember primary = oracle.begins();
        LocalMember standby = cluster.membersBut(primary).getFirst();
        String term = LocalCluster.text(Scenario.record(cluster), "term");
        List<Long> postmasters = cluster.members().stream()
                .map(member -> member.postmaster().orElseThrow())
                .toList();
        try (WritingClient client = WritingClient.start(cluster, primary, "postgres");
                Connection connection = primary.connect("postgres")) {
            for (LocalMember member : List.of(primary, standby)) {
                jump(member, HOUR);
                Waiting.pause(LOOK.toNanos());
                jump(member, HOUR.negated());
                Waiting.pause(LOOK.toNanos());
                jump(member, Duration.ZERO);
            }
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT 1")) {
                assertThat(row.next()).as("a connection of before").isTrue();
            }
            assertThat(oracle.holds(client)).isEqualTo(primary);
        }
        assertThat(LocalCluster.text(Scenario.record(cluster), "term")).isEqualTo(term);
        assertThat(cluster.members())
                .extracting(member -> member.postmaster().orElseThrow())
                .isEqualTo(postmasters);
        for (LocalMember member : cluster.members()) {
            assertThat(Scenario.logged(member, "PERMIT_LAPSED", ""))
                    .as("freezes of " + member)
                    .isZero();
        }
    }

    /** Sets the clock and waits until server and agent show that they go by it. */
    private static void jump(LocalMember member, Duration ahead) {
        clocks.set(member, ahead);
        Waiting.until("the jump of the server of " + member, Scenario.LIMIT, () -> near(ahead, serverTime(member)));
        Waiting.until("the jump of the agent of " + member, Scenario.LIMIT, () -> {
            member.admin().post("/reload", Scenario.body());
            Waiting.pause(PACE.toNanos());
            return near(ahead, agentTime(member));
        });
    }

    private static boolean near(Duration ahead, Instant time) {
        Duration off = Duration.between(Instant.now().plus(ahead), time).abs();
        return off.compareTo(Duration.ofMinutes(5)) < 0;
    }

    private static Instant serverTime(LocalMember member) {
        try {
            return Instant.ofEpochSecond(
                    Long.parseLong(member.query("SELECT floor(extract(epoch FROM clock_timestamp()))::bigint")));
        } catch (SQLException e) {
            return Instant.EPOCH;
        }
    }

    private static Instant agentTime(LocalMember member) {
        String last = member.agentLog()
                .lines()
                .filter(line -> line.contains("CONFIGURATION_RELOADED"))
                .reduce("{}", (before, line) -> line);
        JsonObject json = JsonParser.parseString(last).getAsJsonObject();
        return json.has("timestamp") ? Instant.parse(LocalCluster.text(json, "timestamp")) : Instant.EPOCH;
    }
}
