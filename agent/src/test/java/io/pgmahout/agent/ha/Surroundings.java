package io.pgmahout.agent.ha;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Carries out what cores want done, tells it, and answers them. */
final class Surroundings {
    private static final long PROBE_EVERY_MS = 1_000;

    private final Story story;
    final StoryServers servers;
    final StoreRequests store;
    private final StoryLinks links;
    private final StoryGates gates;
    private final StoryActions actions;
    private long probedMs;

    Surroundings(Story story) {
        this.story = story;
        servers = new StoryServers(story);
        store = new StoreRequests(story);
        links = new StoryLinks(story);
        gates = new StoryGates(story, servers);
        actions = new StoryActions(story, servers);
    }

    void carryOut(StoryMember member, AgentState before, Step step) {
        Writes.Pending waits = step.next().writes().prepared();
        if (waits != null && !waits.equals(before.writes().prepared())) {
            story.tell(member.name, "waits for the gate to write (%s)".formatted(waits.purpose()));
        }
        List<Effect> effects = step.effects();
        for (int i = 0; i < effects.size(); i++) {
            List<Effect.Send> sends = new ArrayList<>();
            while (i < effects.size()
                    && effects.get(i) instanceof Effect.Send send
                    && (sends.isEmpty() || sends.getFirst().message().equals(send.message()))) {
                sends.add(send);
                i++;
            }
            if (sends.isEmpty()) {
                carryOut(member, before, step.next(), effects.get(i));
            } else {
                links.send(member, sends);
                i--;
            }
        }
    }

    private void carryOut(StoryMember member, AgentState before, AgentState after, Effect effect) {
        switch (effect) {
            case Effect.CompareAndSet write -> store.write(member, before, after, write);
            case Effect.ReadRecord read -> {
                boolean routine =
                        after.verdicts().stream().noneMatch(verdict -> verdict.rule() == 204 || verdict.rule() == 311);
                boolean hushed = story.shown.contains("rule-204-once");
                tellIf(!routine && !hushed || story.shown.contains("routine"), member, "reads the record");
                store.read(member, read);
            }
            case Effect.Send send -> links.send(member, List.of(send));
            case Effect.Persist persist -> {
                VoterFile file = persist.file();
                boolean votes = file.system() == null || !file.equals(member.disk.knows(file.system()));
                tellIf(
                        votes || story.shown.contains("memory"),
                        member,
                        votes
                                ? "writes down: promised %s, greatest lease %d"
                                        .formatted(file.promised(), file.greatestLeaseMs())
                                : "writes down: its data is of cluster " + file.system());
                whenFree(member, "disk", effect);
            }
            case Effect.SetPermit permit -> {
                tellIf(
                        permit.confirm() || story.shown.contains("permits"),
                        member,
                        permit.deadlineMs() == 0
                                ? "takes the permit back"
                                : "permit until " + story.shown(permit.deadlineMs())
                                        + (permit.timeline() == null ? "" : ", timeline " + permit.timeline()));
                whenFree(member, "gate", effect);
            }
            case Effect.Act act -> {
                story.tell(member.name, Words.action(act.action()));
                if (act.action() instanceof ServerAction.Kill) {
                    member.waiting.removeIf(Effect.Act.class::isInstance);
                }
                whenFree(member, "actions", effect);
            }
            case Effect.Withdraw withdraw -> {
                story.tell(member.name, "stops receiving WAL");
                whenFree(member, "withdraw", effect);
            }
            case Effect.ProbeNow probe -> servers.probe(member);
            case Effect.LookAt look -> {
                boolean answered = links.answersLook(member, look.member());
                tellIf(
                        story.shown.contains("looks"),
                        member,
                        "looks at the postgres port of " + look.member() + ": " + (answered ? "an answer" : "none"));
                story.event(member, new Event.Looked(look.member(), answered));
            }
            case Effect.Route route ->
                story.tell(
                        member.name,
                        "routes: " + route.role() + " as of term " + route.term()
                                + (route.promoting() ? ", still being promoted" : ""));
            case Effect.KeepSlots slots ->
                tellIf(
                        story.shown.contains("slots"),
                        member,
                        "keeps slots for "
                                + slots.slots().keySet().stream().sorted().toList());
            case Effect.Log log -> logs(member, log.notice());
            case Effect.Progress progress -> story.tell(member.name, "progress: " + progress.text());
            case Effect.Answer answer ->
                story.tell(member.name, "answers %s: %s".formatted(answer.outcome(), answer.text()));
            case Effect.Exit exit -> {
                story.tell(member.name, "exits: " + exit.reason());
                story.later(() -> story.end(member));
            }
        }
    }

    private void logs(StoryMember member, Notice notice) {
        Map<String, String> fields = notice.fields();
        boolean change = notice.code() == io.pgmahout.agent.model.EventCode.RULE_CHANGED;
        StringBuilder words = new StringBuilder("logs ").append(notice.code());
        if (change) {
            words.append(' ').append(fields.get("before")).append(" -> ").append(fields.get("rule"));
        } else if (fields.containsKey("reason")) {
            words.append(": ").append(fields.get("reason"));
        } else if (fields.containsKey("members")) {
            words.append(": ").append(fields.get("members"));
        }
        tellIf(!change || story.shown.contains("changes"), member, words.toString());
    }

    private void tellIf(boolean told, StoryMember member, String what) {
        if (told) {
            story.tell(member.name, what);
        }
    }

    private void whenFree(StoryMember member, String what, Effect effect) {
        if (member.held.contains(what)) {
            member.waiting.add(effect);
        } else {
            story.later(() -> complete(member, effect));
        }
    }

    /** Does what was held back until now. */
    void complete(StoryMember member, Effect effect) {
        switch (effect) {
            case Effect.Persist persist -> {
                member.disk = persist.file();
                story.event(member, new Event.Persisted(persist.file(), Outcome.DONE));
                persist.then().forEach(send -> links.send(member, List.of(send)));
            }
            case Effect.SetPermit permit -> gates.permit(member, permit);
            case Effect.Act act -> actions.perform(member, act);
            case Effect.Withdraw withdraw -> {
                StoryServer server = member.server;
                server.following = null;
                server.streaming = false;
                servers.probe(member);
                story.event(
                        member,
                        new Event.Withdrawn(
                                withdraw.id(),
                                Outcome.DONE,
                                server.running() && server.knowsPosition ? server.position() : null,
                                server.running() ? server.nextTimeline() : null,
                                server.content == DataFacts.Content.COMPLETE ? server.data : null,
                                server.running() ? servers.facts(member) : null));
            }
            default -> throw new IllegalArgumentException("never held: " + effect);
        }
    }

    static <T extends Effect> @Nullable T take(StoryMember member, Class<T> type) {
        for (Effect effect : member.waiting) {
            if (type.isInstance(effect)) {
                member.waiting.remove(effect);
                return type.cast(effect);
            }
        }
        return null;
    }

    /** When a gate does something by itself, or the servers are probed, next. */
    long nextMs() {
        return Math.max(Math.min(probedMs + PROBE_EVERY_MS, gates.nextMs()), story.nowMs + 1);
    }

    void due() {
        if (story.nowMs >= probedMs + PROBE_EVERY_MS) {
            probedMs = story.nowMs;
            story.members.values().forEach(servers::probe);
        }
        story.members.values().forEach(gates::enforce);
    }
}
