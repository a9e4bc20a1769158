package io.pgmahout.agent.cluster;

import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.Version;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Whoever watches: told of newer versions only, of the beginning of trouble, and of its end. One thread. */
final class Witness {

    private final Consumer<Stored> seen;
    private final Consumer<String> lost;
    private @Nullable Version last;
    private boolean troubled;

    Witness(Consumer<Stored> seen, Consumer<String> lost) {
        this.seen = seen;
        this.lost = lost;
    }

    /** Whether that was news. */
    boolean saw(Stored stored) {
        if (last != null && !stored.version().newerThan(last)) {
            return false;
        }
        last = stored.version();
        seen.accept(stored);
        return true;
    }

    /** What is wrong with the watch now; null for nothing. */
    void state(@Nullable String trouble) {
        if (trouble != null && !troubled) {
            lost.accept(trouble);
        } else if (trouble == null && troubled) {
            lost.accept("");
        }
        troubled = trouble != null;
    }
}
