package io.pgmahout.agent;

import io.pgmahout.agent.ha.Effect;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Commands that the core has not answered yet. Any thread. */
final class Commands {
    private final Map<String, Pending> pending = new ConcurrentHashMap<>();

    private record Pending(CompletableFuture<Effect.Answer> answer, Consumer<String> progress) {}

    CompletableFuture<Effect.Answer> expect(String id, Consumer<String> progress) {
        CompletableFuture<Effect.Answer> answer = new CompletableFuture<>();
        pending.put(id, new Pending(answer, progress));
        return answer;
    }

    void progress(Effect.Progress progress) {
        Pending one = pending.get(progress.command());
        if (one != null) {
            one.progress().accept(progress.text());
        }
    }

    void answer(Effect.Answer answer) {
        Pending one = pending.remove(answer.command());
        if (one != null) {
            one.answer().complete(answer);
        }
    }
}
