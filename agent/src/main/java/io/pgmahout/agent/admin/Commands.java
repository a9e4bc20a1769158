package io.pgmahout.agent.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.pgmahout.agent.ha.Command;
import io.pgmahout.agent.ha.MemberReport;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.model.MemberName;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The commands: each is done by the one member that can, here or by passing the request on. Those that change the
 * cluster for longer than a moment answer at once with the action's id, one at a time.
 */
final class Commands {

    private final AdminOptions options;
    private final Operations operations;
    private final Actions actions;
    private final Forwarding forwarding;

    Commands(AdminOptions options, Operations operations, Actions actions, Forwarding forwarding) {
        this.options = options;
        this.operations = operations;
        this.actions = actions;
        this.forwarding = forwarding;
    }

    CompletionStage<Reply> switchover(Request request) {
        Body body = Body.of(request, Set.of("to", "dryRun"));
        boolean dryRun = body.flag("dryRun");
        MemberName to = known(body.member("to"));
        MemberName holder = standing().holder();
        if (holder == null) {
            throw new RefusedException(Problem.unavailable("No member holds the term, so none can hand over."));
        }
        return at(holder, request, () -> run("switchover", !dryRun, id -> new Command.Switchover(id, to, dryRun)));
    }

    CompletionStage<Reply> failover(Request request) {
        Body body = Body.of(request, Set.of("to", "allowDataLoss", "holderIsOff", "dryRun"));
        boolean dryRun = body.flag("dryRun");
        boolean loss = body.flag("allowDataLoss");
        boolean off = body.flag("holderIsOff");
        MemberName to = known(body.member("to"));
        if (to == null) {
            throw new RefusedException(Problem.unfit("The field to is missing: which member shall lead?"));
        }
        return at(to, request, () -> run("failover", !dryRun, id -> new Command.Failover(id, loss, off, dryRun)));
    }

    CompletionStage<Reply> pause(Request request) {
        Body.of(request, Set.of());
        return at(holderOrSelf(), request, () -> run("pause", false, Command.Pause::new));
    }

    CompletionStage<Reply> resume(Request request) {
        Body.of(request, Set.of());
        return at(holderOrSelf(), request, () -> run("resume", false, Command.Resume::new));
    }

    CompletionStage<Reply> restart(Request request) {
        return at(member(request), request, () -> run("restart", true, Command.Restart::new));
    }

    CompletionStage<Reply> reinit(Request request) {
        return at(member(request), request, () -> run("reinit", true, Command.Reinitialize::new));
    }

    CompletionStage<Reply> retire(Request request) {
        return at(member(request), request, () -> run("retire", true, Command.Retire::new));
    }

    CompletionStage<Reply> reload(Request request) {
        return at(member(request), request, () -> operations.reload().thenApply(Commands::reloaded));
    }

    CompletionStage<Reply> action(Request request) {
        String id = request.path().substring("/actions/".length());
        Action action = actions.find(id);
        if (action != null) {
            return done(Reply.json(200, action.toJson()));
        }
        String owner = Actions.owner(id);
        for (MemberName name : standing().names()) {
            if (name.value().equals(owner) && !name.equals(options.member())) {
                return at(name, request, () -> done(Reply.of(Problem.notFound("No action has this id."))));
            }
        }
        throw new RefusedException(
                Problem.notFound("No action has this id; a member forgets its own when its agent restarts."));
    }

    /** Does it here when {@code member} is this one, else there. */
    CompletionStage<Reply> at(MemberName member, Request request, Supplier<CompletionStage<Reply>> here) {
        if (member.equals(options.member())) {
            return here.get();
        }
        if (request.forwarded()) {
            throw new RefusedException(Problem.misdirected(options.member()
                    + " was asked on behalf of another and takes it to be the turn of " + member + "."));
        }
        MemberReport report = standing().insight().members().get(member);
        if (report == null) {
            throw new RefusedException(Problem.unreachable(member + " was not heard of since this agent started."));
        }
        return forwarding.forward(request, member, report.adminAddress());
    }

    /** Throws {@link RefusedException} if nobody has ever heard of the member; null stays null. */
    @Nullable
    MemberName known(@Nullable MemberName member) {
        if (member != null && !standing().names().contains(member)) {
            throw new RefusedException(Problem.unfit("There is no member " + member + "; there are "
                    + standing().names().stream().map(MemberName::value).collect(Collectors.joining(", ")) + "."));
        }
        return member;
    }

    Standing standing() {
        Operations.Seen seen = operations.seen();
        if (seen == null) {
            throw new RefusedException(Problem.unavailable("The agent has just started and knows nothing yet."));
        }
        return Standing.of(seen);
    }

    private MemberName member(Request request) {
        MemberName member = known(Body.of(request, Set.of("member")).member("member"));
        return member == null ? options.member() : member;
    }

    private MemberName holderOrSelf() {
        MemberName holder = standing().holder();
        return holder == null ? options.member() : holder;
    }

    private CompletionStage<Reply> run(String name, boolean lasting, Function<String, Command> command) {
        Action action = actions.begin(name, lasting);
        CompletableFuture<Boolean> taken = new CompletableFuture<>();
        CompletableFuture<Operations.Answer> answer = submitted(action, command.apply(action.id()), taken)
                .whenComplete((given, failure) -> {
                    action.ended(
                            failure == null ? given : new Operations.Answer(Outcome.UNKNOWN, String.valueOf(failure)));
                    taken.complete(false);
                });
        Reply accepted = Reply.json(202, action.toJson()).with("Location", "/actions/" + action.id());
        if (lasting) {
            return taken.handle((yes, failure) -> refusedAtOnce(action) ? ended(action) : accepted)
                    .completeOnTimeout(accepted, options.limits().answerMs(), TimeUnit.MILLISECONDS);
        }
        boolean question = command.apply(action.id()) instanceof Command.Switchover
                || command.apply(action.id()) instanceof Command.Failover;
        return answer.handle((given, failure) -> question ? Reply.json(200, action.toJson()) : ended(action))
                .completeOnTimeout(accepted, options.limits().answerMs(), TimeUnit.MILLISECONDS);
    }

    /** An action whose command never got to the core has ended: it must not keep others out. */
    private CompletableFuture<Operations.Answer> submitted(
            Action action, Command command, CompletableFuture<Boolean> taken) {
        try {
            return operations
                    .submit(command, text -> {
                        action.progressed(text);
                        taken.complete(true);
                    })
                    .toCompletableFuture();
        } catch (RuntimeException e) {
            action.ended(new Operations.Answer(Outcome.FAILED, "The agent failed; see its log."));
            throw e;
        }
    }

    private static boolean refusedAtOnce(Action action) {
        Operations.Answer answer = action.answer();
        return answer != null && answer.outcome() == Outcome.REFUSED;
    }

    private static Reply ended(Action action) {
        Operations.Answer answer = action.answer();
        if (answer == null) {
            return Reply.of(Problem.internal("The command was answered without an answer."));
        }
        return switch (answer.outcome()) {
            case DONE -> Reply.json(200, action.toJson());
            case REFUSED -> Reply.of(Problem.refused(answer.text()));
            case FAILED -> Reply.of(Problem.failed(answer.text()));
            case UNKNOWN -> Reply.of(Problem.unknown(answer.text()));
        };
    }

    private static Reply reloaded(Operations.Reloaded reloaded) {
        if (!reloaded.problems().isEmpty()) {
            return Reply.of(Problem.unfit("The configuration is not usable; nothing was applied.")
                    .member("problems", texts(reloaded.problems())));
        }
        JsonObject json = new JsonObject();
        json.add("applied", texts(reloaded.applied()));
        json.add("waiting", texts(reloaded.waiting()));
        return Reply.json(200, json);
    }

    private static JsonArray texts(List<String> texts) {
        JsonArray array = new JsonArray();
        texts.forEach(array::add);
        return array;
    }

    private static CompletionStage<Reply> done(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }
}
