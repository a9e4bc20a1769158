package io.pgmahout.agent.ha;

import static io.pgmahout.agent.ha.Rule.rest;
import static io.pgmahout.agent.ha.Rule.write;

import io.pgmahout.agent.model.SwitchoverRequest;
import java.util.List;
import java.util.Optional;

/** What operators asked to be recorded: a pause, its end, a switchover. Rules 217 and 230 to 234. */
final class OperatorRules {

    /** Rule 217: there is no holder that could write it. */
    static final List<Rule> WITHOUT_HOLDER = List.of(write(
            217,
            "resume-without-holder",
            "An operator asked to resume, and there is no holder that could write it.",
            view -> view.paused()
                    && !view.leads()
                    && view.livingSource().isEmpty()
                    && view.asked(Command.Resume.class).isPresent(),
            view -> view.record().draft().paused(false),
            "resume automatic actions"));

    /** Rules 230 to 234: the holder writes it, unless what follows the end of its server goes first. */
    static final List<Rule> OF_HOLDER = List.of(
            write(
                    230,
                    "switchover-given-up",
                    "The switchover did not come about in its time: the primary goes on.",
                    view -> view.leads()
                            && view.record().switchover() != null
                            && !Handover.waits(view)
                            && view.doingNothing()
                            && (Handover.overdue(view)
                                    || view.state.ending() != null
                                            && view.state.ending().foundMs() >= 0
                                    || view.running() && !Handover.switchoverReady(view)),
                    view -> view.record().draft().switchover(null),
                    "give up switchover"),
            rest(
                    231,
                    "ending",
                    "The server ended; what follows is decided first.",
                    view -> view.leads() && view.state.ending() != null && !view.renewalDue() && !resumes(view)),
            write(
                    232,
                    "pause",
                    "An operator asked for a pause.",
                    view -> view.leads()
                            && !view.paused()
                            && view.asked(Command.Pause.class).isPresent(),
                    view -> view.record().draft().paused(true),
                    "pause"),
            write(
                    233,
                    "unpause",
                    "An operator asked to resume.",
                    view -> view.leads() && resumes(view),
                    view -> view.record().draft().paused(false),
                    "resume automatic actions"),
            write(
                    234,
                    "switchover",
                    "An operator asked for a switchover: it is recorded.",
                    view -> view.leads()
                            && view.record().switchover() == null
                            && newSwitchover(view).isPresent(),
                    view -> view.record()
                            .draft()
                            .switchover(new SwitchoverRequest(
                                    newSwitchover(view).orElseThrow().id(),
                                    newSwitchover(view).orElseThrow().target())),
                    "switchover"));

    private OperatorRules() {}

    private static boolean resumes(View view) {
        return view.paused() && view.asked(Command.Resume.class).isPresent();
    }

    private static Optional<Command.Switchover> newSwitchover(View view) {
        return view.asked(Command.Switchover.class)
                .filter(asked -> !asked.begun())
                .map(asked -> (Command.Switchover) asked.command());
    }
}
