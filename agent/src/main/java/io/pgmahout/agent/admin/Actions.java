package io.pgmahout.agent.admin;

import io.pgmahout.agent.model.MemberName;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The newest actions of this agent's life. Of those that exclude others one runs at a time. Any thread. */
final class Actions {

    private static final int KEPT = 64;

    private final MemberName member;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final SecureRandom random = new SecureRandom();
    private final Deque<Action> newestLast = new ArrayDeque<>();

    Actions(MemberName member, InstantSource clock, LongSupplier nanoTime) {
        this.member = member;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** Begins an action, or throws {@link RefusedException} when it may not run beside one that does. */
    synchronized Action begin(String name, boolean exclusive) {
        for (Action action : newestLast) {
            if (exclusive && action.exclusive() && action.running()) {
                throw new RefusedException(Problem.busy(action.id(), action.name()));
            }
        }
        if (newestLast.size() >= KEPT && !forgetOldest()) {
            throw new RefusedException(Problem.tooMany("Too many commands wait for their answers."));
        }
        byte[] bytes = new byte[4];
        random.nextBytes(bytes);
        Action action = new Action(
                member.value() + "." + HexFormat.of().formatHex(bytes), name, exclusive, clock.instant(), nanoTime);
        newestLast.addLast(action);
        return action;
    }

    private boolean forgetOldest() {
        for (Action action : newestLast) {
            if (!action.running()) {
                return newestLast.remove(action);
            }
        }
        return false;
    }

    synchronized @Nullable Action find(String id) {
        return newestLast.stream()
                .filter(action -> action.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    /** The member whose agent keeps the action of this id, or null if no id looks like that. */
    static @Nullable String owner(String id) {
        int dot = id.lastIndexOf('.');
        return dot < 1 ? null : id.substring(0, dot);
    }
}
