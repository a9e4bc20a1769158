package io.pgmahout.agent.ha;

import static io.pgmahout.agent.ha.Rule.rest;
import static io.pgmahout.agent.ha.Rule.write;

import io.pgmahout.agent.model.TakeoverRule;
import java.util.List;

/** What the holder writes when nothing more pressing is due: who votes, and that it lives. Rules 235 to 239. */
final class HoldingRules {

    static final List<Rule> RULES = List.of(
            write(
                    235,
                    "go-quorum",
                    "A majority acknowledges: from now on it can replace this primary quickly.",
                    view -> view.leads()
                            && !view.quorum()
                            && !view.retiring()
                            && view.identified()
                            && view.state.ending() == null
                            && !Promotion.underWay(view)
                            && view.record().voters().size() > 1
                            && view.gateAnswers()
                            && PeerLease.lasts(view),
                    view -> view.record().draft().takeover(TakeoverRule.QUORUM),
                    "go-quorum"),
            write(
                    236,
                    "drop-silent",
                    "A voter is silent: it no longer counts, so that the majority means the living.",
                    view -> view.leads()
                            && view.gateAnswers()
                            && Voters.silent(view).isPresent(),
                    view -> view.record()
                            .draft()
                            .voters(Voters.without(view, Voters.silent(view).orElseThrow())),
                    "drop"),
            write(
                    237,
                    "list-member",
                    "A member streams and does not vote yet: it is listed.",
                    view -> view.leads()
                            && view.gateAnswers()
                            && Voters.unlisted(view).isPresent(),
                    view -> view.record()
                            .draft()
                            .voters(Voters.with(view, Voters.unlisted(view).orElseThrow())),
                    "list"),
            write(
                    238,
                    "renew",
                    "The store lease is renewed.",
                    view -> view.leads() && view.renewalDue(),
                    view -> view.record().draft(),
                    "renew"),
            rest(239, "hold", "This member holds the term; nothing is due.", View::leads));

    private HoldingRules() {}
}
