package io.pgmahout.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class GateJobsTest {

    private static final String FORMER = "41-7";

    private final List<String> commands = new CopyOnWriteArrayList<>();
    private final GateJobs jobs = new GateJobs(Path.of("/nonexistent"), 42, new GateJobs.Gate() {
        @Override
        public void command(String verb, String... words) throws ActionFailed {
            commands.add(verb + " " + words[0]);
            if (verb.equals("job")) {
                throw ActionFailed.refused("the gate refused to job: job-running");
            }
            if (!words[0].equals(FORMER)) {
                throw ActionFailed.refused("the gate refused to cancel: no-such-job");
            }
            job("done");
        }

        @Override
        public void post(String verb, String... words) {
            commands.add(verb + " " + words[0]);
        }
    });

    private void job(String state) {
        jobs.seen(Map.of("id", FORMER, "state", state));
    }

    /** The one that waited for its turn was never begun: the one that works in the directory is the former agent's. */
    @Test
    void whatAFormerAgentLeftIsEndedAlsoAfterAJobThatNeverBegan() throws Exception {
        job("running");
        Thread waits = Thread.ofVirtual().start(() -> {
            try {
                jobs.run(1_000, "pg_controldata");
            } catch (ActionFailed | InterruptedException e) {
                commands.add("gave up");
            }
        });
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> commands.contains("job 42-1"));
        waits.interrupt();
        waits.join();
        assertThat(commands).endsWith("cancel 42-1", "gave up");
        jobs.endLeft();
        assertThat(commands).endsWith("cancel 42-1", "cancel " + FORMER);
    }
}
