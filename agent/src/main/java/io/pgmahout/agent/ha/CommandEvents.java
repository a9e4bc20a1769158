package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.MemberName;
import org.jspecify.annotations.Nullable;

/** What operators ask: refused at once with the reason, or kept until it is done or given up. */
final class CommandEvents {

    private CommandEvents() {}

    static void commanded(Turn turn, Command command) {
        View view = turn.view();
        String refusal = refusal(view, command);
        if (refusal != null) {
            turn.effect(new Effect.Answer(command.id(), Outcome.REFUSED, refusal));
            return;
        }
        if (command instanceof Command.Switchover switchover && switchover.dryRun()) {
            turn.effect(new Effect.Answer(command.id(), Outcome.DONE, foresee(view, switchover.target())));
        } else if (command instanceof Command.Failover failover && failover.dryRun()) {
            turn.effect(new Effect.Answer(
                    command.id(),
                    Outcome.DONE,
                    "would lead as term " + view.term().next() + " as soon as a rule of takeover allows it"));
        } else {
            turn.ask(command);
            turn.effect(new Effect.Progress(command.id(), "accepted"));
        }
    }

    private static String foresee(View view, @Nullable MemberName target) {
        MemberName chosen =
                target != null ? target : Fitness.others(view).getFirst().name();
        return "would stop " + view.self().name() + ", wait until " + chosen + " has all of its WAL, and name " + chosen
                + " as primary of term " + view.term().next();
    }

    private static @Nullable String refusal(View view, Command command) {
        boolean again = view.state.asked().stream()
                .anyMatch(asked -> asked.command().getClass().equals(command.getClass()));
        if (again) {
            return "the same is already under way";
        }
        return switch (command) {
            case Command.Switchover switchover ->
                view.hasRecord() ? Handover.refusal(view, switchover.target()) : "there is no cluster yet";
            case Command.Failover failover -> failoverRefusal(view, failover);
            case Command.Pause pause -> holderOnly(view, view.paused() ? "the cluster is paused already" : null);
            case Command.Resume resume -> resumeRefusal(view);
            case Command.Restart restart -> view.running() ? null : "the server is not running";
            case Command.Reinitialize again2 -> reinitializeRefusal(view);
            case Command.Retire retire -> null;
        };
    }

    private static @Nullable String holderOnly(View view, @Nullable String otherwise) {
        return view.leads() ? otherwise : "this member is not the primary";
    }

    /** Where nobody leads, a pause must not be for ever. */
    private static @Nullable String resumeRefusal(View view) {
        if (!view.paused()) {
            return "the cluster is not paused";
        }
        return view.leads() || view.livingSource().isEmpty() ? null : "this member is not the primary";
    }

    private static @Nullable String reinitializeRefusal(View view) {
        if (view.isHolder()) {
            return "this member holds the term: its data is the cluster's";
        }
        return view.livingSource().isPresent() ? null : "there is no primary to clone";
    }

    private static @Nullable String failoverRefusal(View view, Command.Failover failover) {
        if (!view.identified()) {
            return "there is no cluster yet";
        }
        if (view.isHolder()) {
            return "this member is the primary already";
        }
        if (view.livingSource().isPresent() && view.record().holder() instanceof Holder.Held) {
            return "the primary lives: use switchover";
        }
        String obstacle = Fitness.obstacle(view);
        if (obstacle != null && !(failover.allowDataLoss() && liftable(view))) {
            return obstacle;
        }
        if (!view.isListed() && !failover.allowDataLoss()) {
            return "this member does not vote; only with the permission to lose data may it lead";
        }
        return null;
    }

    private static boolean liftable(View view) {
        boolean fits = view.recovering() && view.position() != null
                || view.serverGone() && (view.lineage() == Lineage.DIVERGED || view.needsWord());
        return fits && !view.self().nofailover() && !view.foreignSystem();
    }
}
