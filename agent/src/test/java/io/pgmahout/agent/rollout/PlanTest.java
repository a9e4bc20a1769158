package io.pgmahout.agent.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The primary is zoo-1 unless a test says otherwise. */
class PlanTest {

    private static final String OLD = "zoo-5d4f";
    private static final String NEW = "zoo-77b9";

    @Test
    void standbysGoOneByOneThenAnotherLeadsThenTheOldPrimaryGoes() {
        List<SeenPod> pods = new ArrayList<>(List.of(pod(0, OLD), pod(1, OLD), pod(2, OLD)));
        List<String> course = new ArrayList<>();
        String primary = "zoo-1";
        Turn turn = next(primary, pods);
        while (!(turn instanceof Turn.Rest)) {
            if (turn instanceof Turn.Replace replace) {
                course.add(replace.pod().name());
                int place = pods.indexOf(replace.pod());
                pods.set(place, pod(place, NEW));
            } else {
                assertThat(turn).isInstanceOf(Turn.HandOver.class);
                course.add("hand over");
                primary = "zoo-2";
            }
            turn = next(primary, pods);
        }
        assertThat(course).containsExactly("zoo-2", "zoo-0", "hand over", "zoo-1");
    }

    @Test
    void theNumberOfAPodIsANumber() {
        List<SeenPod> pods = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            pods.add(pod(i, OLD));
        }
        assertThat(next("zoo-1", pods)).isEqualTo(new Turn.Replace(pod(10, OLD)));
    }

    @Test
    void nobodyGoesWhileAnyMemberDoesNotServe() {
        List<SeenPod> pods = List.of(pod(0, OLD), pod(1, OLD), unready(2, NEW));
        assertThat(next("zoo-1", pods)).isEqualTo(new Turn.Wait("the pod zoo-2 is not ready"));
        assertThat(next("zoo-1", List.of(pod(0, OLD), pod(1, OLD), ending(2, OLD))))
                .isEqualTo(new Turn.Wait("the pod zoo-2 is about to end"));
        assertThat(next("zoo-1", List.of(pod(0, OLD), pod(1, OLD)))).isEqualTo(new Turn.Wait("there are 2 pods of 3"));
        assertThat(next("zoo-1", List.of(pod(0, OLD), pod(1, OLD), pod(2, NEW)), "zoo-2 does not stream from zoo-1"))
                .isEqualTo(new Turn.Wait("zoo-2 does not stream from zoo-1"));
        assertThat(next("zoo-1", List.of(pod(0, NEW), pod(1, OLD), pod(2, NEW)), "zoo-2 does not answer"))
                .as("a hand-over")
                .isEqualTo(new Turn.Wait("zoo-2 does not answer"));
    }

    /** Whose template never worked is replaced by one that does, although the cluster is not well without it. */
    @Test
    void aPodThatServesNobodyGoesAtOnce() {
        assertThat(next("zoo-1", List.of(pod(0, OLD), pod(1, OLD), unready(2, "zoo-broken")), "zoo-2 does not answer"))
                .isEqualTo(new Turn.Replace(unready(2, "zoo-broken")));
        assertThat(next("zoo-1", List.of(pod(0, NEW), unready(1, OLD), pod(2, NEW))))
                .as("the primary's own")
                .isEqualTo(new Turn.Wait("the pod zoo-1 is not ready"));
    }

    @Test
    void notTwoGoAtOnceThatServeNobody() {
        List<SeenPod> pods = List.of(unready(0, OLD), pod(1, OLD), unready(2, OLD));
        assertThat(next("zoo-1", pods)).isEqualTo(new Turn.Replace(unready(2, OLD)));
        assertThat(next("zoo-1", List.of(unready(0, OLD), pod(1, OLD))))
                .isEqualTo(new Turn.Wait("there are 2 pods of 3"));
        assertThat(next("zoo-1", List.of(unready(0, OLD), pod(1, OLD), ending(2, OLD))))
                .isEqualTo(new Turn.Wait("the pod zoo-2 is about to end"));
        assertThat(next("zoo-1", List.of(unready(0, OLD), pod(1, OLD), unready(2, NEW))))
                .isEqualTo(new Turn.Wait("the pod zoo-2 is not ready"));
    }

    @Test
    void aTemplateThatTheControllerHasNotSeenIsWaitedFor() {
        SeenSet set = new SeenSet(3, OLD, false, 3, true, List.of(pod(0, OLD), pod(1, OLD), pod(2, OLD)));
        assertThat(Plan.next("zoo-1", set, List.of())).isInstanceOf(Turn.Wait.class);
    }

    @Test
    void aSetThatReplacesItsPodsItselfIsLeftToItself() {
        SeenSet set = new SeenSet(1, NEW, true, 0, false, List.of(pod(0, OLD)));
        assertThat(Plan.next("zoo-0", set, List.of())).isEqualTo(new Turn.Rest());
    }

    @Test
    void theOnlyMemberHasNobodyToHandOverTo() {
        SeenSet set = new SeenSet(1, NEW, true, 0, true, List.of(pod(0, OLD)));
        assertThat(Plan.next("zoo-0", set, List.of())).isEqualTo(new Turn.Replace(pod(0, OLD)));
    }

    private static Turn next(String primary, List<SeenPod> pods, String... problems) {
        int replicas = Math.max(3, pods.size());
        return Plan.next(primary, new SeenSet(replicas, NEW, true, 0, true, pods), Arrays.asList(problems));
    }

    private static SeenPod pod(int number, String revision) {
        return new SeenPod("zoo-" + number, "uid-" + number, revision, true, false);
    }

    private static SeenPod unready(int number, String revision) {
        return new SeenPod("zoo-" + number, "uid-" + number, revision, false, false);
    }

    private static SeenPod ending(int number, String revision) {
        return new SeenPod("zoo-" + number, "uid-" + number, revision, true, true);
    }
}
