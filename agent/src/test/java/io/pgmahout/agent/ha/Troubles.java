package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.MemberName;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Commands that break something, hold it back or mend it. */
final class Troubles {
    private final Story story;

    Troubles(Story story) {
        this.story = story;
    }

    void play(Script.Line line) {
        StoryMember member = story.member(line.word(0));
        switch (line.verb()) {
            case "cut" -> cut(member, line, true);
            case "mend" -> cut(member, line, false);
            case "disconnect" ->
                story.event(member, new Event.Disconnected(new MemberName(line.word(1)), line.says("reset")));
            case "connect" -> story.event(member, new Event.Connected(new Strangers(story).peer(line.word(1))));
            case "crash" -> crash(member);
            case "dies" -> dies(member, line.word(1));
            case "stall" -> member.stalled = true;
            case "wake" -> wake(member);
            case "store" ->
                member.store = StoryMember.StoreLink.valueOf(line.word(1).toUpperCase(Locale.ROOT));
            case "watch" -> member.watches = line.word(1).equals("on");
            case "cas" -> story.surroundings().store.writeEnds(member, line.word(1));
            case "late" -> story.say(story.surroundings().store.lateWrite(member) ? "(applied)" : "(too late)");
            case "read" ->
                story.surroundings().store.readEnds(member, line.word(1).equals("answered"));
            case "hold" -> member.held.add(line.word(1));
            case "release" -> release(member, line.word(1));
            case "done" ->
                story.surroundings()
                        .complete(
                                member,
                                Objects.requireNonNull(Surroundings.take(member, Effect.Act.class), "nothing waits"));
            case "fails" -> new StoryActions(story, story.surroundings().servers).fail(member);
            case "unheard" -> unheard(member);
            case "withdrawal" -> withdrawalFails(member);
            case "disk" -> diskFails(member);
            default -> throw new IllegalArgumentException("no such command: " + line.verb());
        }
    }

    /** {@code cut a b}: nothing between the two; {@code cut a > b}: nothing from a to b. */
    private void cut(StoryMember member, Script.Line line, boolean cut) {
        boolean oneWay = line.says(">");
        for (String name : line.words().subList(1, line.words().size())) {
            if (name.equals(">")) {
                continue;
            }
            List<String> links = oneWay
                    ? List.of(member.name + ">" + name)
                    : List.of(member.name + ">" + name, name + ">" + member.name);
            if (cut) {
                story.cuts.addAll(links);
            } else {
                links.forEach(story.cuts::remove);
                story.connect(member, story.member(name));
            }
        }
        story.surroundings().servers.streams();
    }

    /** The machine is off. */
    private void crash(StoryMember member) {
        member.machineOff = true;
        member.server.reborn();
        story.end(member);
        story.surroundings().servers.streams();
    }

    private void dies(StoryMember member, String what) {
        switch (what) {
            case "agent" -> story.end(member);
            case "postgres" -> {
                member.server.end("9", false);
                story.surroundings().servers.report(member);
            }
            default -> throw new IllegalArgumentException("neither agent nor postgres: " + what);
        }
    }

    private void wake(StoryMember member) {
        member.stalled = false;
        while (!member.backlog.isEmpty()) {
            story.event(member, member.backlog.remove());
        }
        story.event(member, new Event.Tick());
    }

    private void release(StoryMember member, String what) {
        member.held.remove(what);
        Class<? extends Effect> type = switch (what) {
            case "gate" -> Effect.SetPermit.class;
            case "actions" -> Effect.Act.class;
            case "withdraw" -> Effect.Withdraw.class;
            case "disk" -> Effect.Persist.class;
            default -> throw new IllegalArgumentException("nothing of this name is held: " + what);
        };
        Effect next = Surroundings.take(member, type);
        while (next != null) {
            story.surroundings().complete(member, next);
            next = Surroundings.take(member, type);
        }
        story.surroundings().due();
    }

    /** Nothing is heard of the last action that waits, which is done yet or not. */
    private void unheard(StoryMember member) {
        Effect.Act act = (Effect.Act) member.waiting.stream()
                .filter(Effect.Act.class::isInstance)
                .reduce((before, last) -> last)
                .orElseThrow();
        story.event(
                member,
                new Event.ActionEnded(act.id(), Outcome.UNKNOWN, "nothing was heard", member.server.facts(), null));
    }

    private void withdrawalFails(StoryMember member) {
        Effect.Withdraw withdraw =
                Objects.requireNonNull(Surroundings.take(member, Effect.Withdraw.class), "none waits");
        story.event(member, new Event.Withdrawn(withdraw.id(), Outcome.FAILED, null, null, null, null));
    }

    private void diskFails(StoryMember member) {
        Effect.Persist persist =
                Objects.requireNonNull(Surroundings.take(member, Effect.Persist.class), "nothing waits");
        story.event(member, new Event.Persisted(persist.file(), Outcome.FAILED));
    }
}
