package io.pgmahout.agent;

import io.pgmahout.agent.admin.Operations;
import io.pgmahout.agent.admin.Standing;
import io.pgmahout.agent.ha.Command;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.rollout.Member;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A running agent's member, as people see it on its admin port. */
record ThisMember(Operations operations) implements Member {

    @Override
    public boolean mayAct() {
        Operations.Seen seen = operations.seen();
        if (seen == null) {
            return false;
        }
        ClusterRecord record =
                seen.insight().record() == null ? null : seen.insight().record().record();
        return Standing.of(seen).leads() && record != null && !record.paused();
    }

    @Override
    public List<String> problems() {
        Operations.Seen seen = operations.seen();
        return seen == null
                ? List.of("the agent is starting")
                : Standing.of(seen).problems();
    }

    @Override
    public Optional<String> handOver(Duration limit) throws InterruptedException {
        Command.Switchover switchover = new Command.Switchover(UUID.randomUUID().toString(), null, false);
        try {
            Operations.Answer answer = operations
                    .submit(switchover, progress -> {})
                    .toCompletableFuture()
                    .get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return answer.outcome() == Outcome.DONE ? Optional.empty() : Optional.of(answer.text());
        } catch (ExecutionException e) {
            return Optional.of(String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            return Optional.of("the switchover has not ended within " + limit.toMinutes() + " min");
        }
    }
}
