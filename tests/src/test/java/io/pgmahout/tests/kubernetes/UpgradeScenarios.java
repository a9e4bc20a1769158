package io.pgmahout.tests.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.pgmahout.tests.cluster.Waiting;
import io.pgmahout.tests.cluster.WritingClient;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code helm upgrade} with other images. */
@ExtendWith(Installed.class)
final class UpgradeScenarios {

    private final Release release;

    UpgradeScenarios(Release release) {
        this.release = release;
    }

    @Test
    @Tag("K9")
    void anotherImageOfTheAgentTakesOnePodAtATimeAndLeavesTheSelectorOfThePrimarysService() throws SQLException {
        Cluster.run("tag", "localhost/pgmahout:tests", "localhost/pgmahout:tests-next");
        upgrades("an agent's", "--set=agent.image.tag=tests-next");
    }

    @Test
    @Tag("K9")
    void anotherImageOfTheServerTakesOnePodAtATimeAndLeavesTheSelectorOfThePrimarysService() throws SQLException {
        String next = Release.POSTGRES + "-next";
        Cluster.run("tag", "localhost/postgres:" + Release.POSTGRES, "localhost/postgres:" + next);
        upgrades("a server's", "--set=postgres.image.tag=" + next);
    }

    private void upgrades(String whose, String image) throws SQLException {
        if (!rw().has("selector")) {
            release.kubectl(
                    "patch",
                    "service",
                    release.name() + "-rw",
                    "--patch={\"spec\":{\"selector\":{\"of\":\"others\"}}}");
        }
        List<String> before = release.pods().stream().map(Pod::uid).toList();
        int term = release.lease().term();
        WritingClient client = release.writeThrough("rw");
        long since = System.nanoTime();
        release.keeps(image);
        release.helm("upgrade");
        assertThat(rw().has("selector")).isTrue();
        Waiting.until("other pods in the place of all", Limits.BOOT, () -> {
            List<Pod> pods = release.pods();
            // What the API server has marked to go counts as gone.
            assertThat(pods.stream().filter(pod -> !pod.ready()).count()).isLessThanOrEqualTo(1);
            return pods.size() == 3 && pods.stream().noneMatch(pod -> before.contains(pod.uid()));
        });
        release.holdsAll(client);
        Report.tell("outage of an upgrade of " + whose + " image", client.outageSince(since));
        // Standbys first: whatever their numbers, one hand-over does.
        assertThat(release.lease().term() - term).isEqualTo(1);
    }

    private JsonObject rw() {
        return release.get("service", release.name() + "-rw").getAsJsonObject("spec");
    }
}
