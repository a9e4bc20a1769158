package io.pgmahout.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WalTest {
    private final Wal root = new Wal(1, 1, null, 0);
    private final Wal left = new Wal(2, 2, root, 100);
    private final Wal right = new Wal(3, 2, root, 120);

    @Test
    void aBranchContainsItsParentUpToTheForkOnly() {
        Wal.Tip tip = new Wal.Tip(left, 300);
        assertThat(tip.contains(new Wal.Tip(root, 100))).isTrue();
        assertThat(tip.contains(new Wal.Tip(root, 101))).isFalse();
        assertThat(tip.contains(new Wal.Tip(left, 300))).isTrue();
        assertThat(tip.contains(new Wal.Tip(left, 301))).isFalse();
    }

    @Test
    void twoBranchesOfOneTimelineIdShareNothingBeyondTheFirstFork() {
        Wal.Tip common = new Wal.Tip(left, 300).common(new Wal.Tip(right, 300));
        assertThat(common).isEqualTo(new Wal.Tip(root, 100));
        assertThat(new Wal.Tip(left, 300).contains(new Wal.Tip(right, 200))).isFalse();
    }

    @Test
    void theForkItselfHasOneName() {
        assertThat(new Wal.Tip(left, 100).canonical()).isEqualTo(new Wal.Tip(root, 100));
        assertThat(new Wal.Tip(root, 100).contains(new Wal.Tip(left, 100))).isTrue();
    }

    @Test
    void twoClustersHaveNothingInCommon() {
        assertThat(new Wal.Tip(root, 10).common(new Wal.Tip(new Wal(9, 1, null, 0), 10)))
                .isNull();
    }
}
