package io.pgmahout.tests.sim;

import org.jspecify.annotations.Nullable;

/**
 * One stretch of write-ahead log with one writer: what an initdb or a promotion began. Unlike a timeline id it is
 * unique, so that the world knows what PostgreSQL cannot see. Every position in it is an entry of its own.
 */
final class Wal {
    final int id;
    final int timeline;
    final @Nullable Wal parent;
    /** Where it left its parent. */
    final long fork;

    private final int depth;
    /** Up to here its writer acknowledged commits to clients. */
    long acknowledged;

    Wal(int id, int timeline, @Nullable Wal parent, long fork) {
        this.id = id;
        this.timeline = timeline;
        this.parent = parent;
        this.fork = fork;
        depth = parent == null ? 0 : parent.depth + 1;
        acknowledged = fork;
    }

    /** A position: all of {@code wal}'s ancestry up to {@code lsn}. */
    record Tip(Wal wal, long lsn) {

        /** Whether everything up to {@code other} is part of this. */
        boolean contains(Tip other) {
            Tip common = common(other);
            return other.canonical().equals(common);
        }

        /** What both have; null when they have different roots. */
        @Nullable
        Tip common(Tip other) {
            Wal a = wal;
            Wal b = other.wal;
            long endA = lsn;
            long endB = other.lsn;
            while (a != b) {
                if (a.depth >= b.depth) {
                    if (a.parent == null) {
                        return null;
                    }
                    endA = Math.min(endA, a.fork);
                    a = a.parent;
                } else if (b.parent == null) {
                    return null;
                } else {
                    endB = Math.min(endB, b.fork);
                    b = b.parent;
                }
            }
            long end = Math.min(endA, endB);
            // A position at or before a fork belongs to the parent: the same bytes have one name only.
            while (a.parent != null && end <= a.fork) {
                a = a.parent;
            }
            return new Tip(a, end);
        }

        /** The same bytes under their one name. */
        Tip canonical() {
            Wal at = wal;
            while (at.parent != null && lsn <= at.fork) {
                at = at.parent;
            }
            return at == wal ? this : new Tip(at, lsn);
        }

        @Override
        public String toString() {
            return "%d/%X#%d".formatted(wal.timeline, lsn, wal.id);
        }
    }

    /** The stretch of this ancestry with a timeline id, or null. */
    @Nullable
    Wal ofTimeline(int id) {
        for (Wal at = this; at != null; at = at.parent) {
            if (at.timeline == id) {
                return at;
            }
        }
        return null;
    }
}
