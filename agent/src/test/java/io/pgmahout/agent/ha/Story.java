package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Stored;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A small world for a few cores: one clock, a record, gates and servers that do at once what they are told, messages
 * that arrive in the instant they are sent. A story disturbs it, and reads what the cores make of that. Not shared
 * between threads.
 */
final class Story {
    private static final long BEGIN_MS = 1_000_000;
    private static final int EVENTS_AN_INSTANT = 10_000;

    final SortedMap<MemberName, StoryMember> members = new TreeMap<>();
    final StoryStore store = new StoryStore();
    final Set<String> cuts = new HashSet<>();
    final Set<String> shown = new HashSet<>();
    private final Deque<Runnable> agenda = new ArrayDeque<>();
    private final List<String> told = new ArrayList<>();
    private final Surroundings surroundings = new Surroundings(this);
    private long zeroMs = BEGIN_MS;
    long nowMs = BEGIN_MS;

    /** What was told since the last call. */
    List<String> told() {
        List<String> lines = List.copyOf(told);
        told.clear();
        return lines;
    }

    /** Forgets what was told; from here on the clock of the story is 0. */
    void begin() {
        told.clear();
        zeroMs = nowMs;
    }

    /** An instant as the story shows it. */
    long shown(long ms) {
        return ms - zeroMs;
    }

    void tell(MemberName who, String what) {
        told.add("%6d  %s  %s".formatted(shown(nowMs), who, what));
    }

    void say(String what) {
        told.add(what);
    }

    StoryMember member(String name) {
        StoryMember member = members.get(new MemberName(name));
        if (member == null) {
            throw new IllegalArgumentException("there is no member " + name);
        }
        return member;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    boolean cut(MemberName from, MemberName to) {
        return cuts.contains(from + ">" + to);
    }

    void later(Runnable what) {
        agenda.add(what);
    }

    void event(StoryMember member, Event event) {
        agenda.add(() -> {
            if (member.stalled) {
                member.backlog.add(event);
            } else {
                step(member, event);
            }
        });
    }

    /** Everything that follows without time passing. */
    void settle() {
        for (int i = 0; !agenda.isEmpty(); i++) {
            if (i > EVENTS_AN_INSTANT) {
                throw new AssertionError("no end of events at " + shown(nowMs) + ": "
                        + told.subList(Math.max(0, told.size() - 20), told.size()));
            }
            agenda.remove().run();
        }
    }

    void pass(long ms) {
        long end = nowMs + ms;
        settle();
        while (true) {
            long next = Math.min(end, surroundings.nextMs());
            for (StoryMember member : members.values()) {
                next = member.speaks() ? Math.min(next, member.wakeUpMs) : next;
            }
            nowMs = Math.max(nowMs, next);
            surroundings.due();
            for (StoryMember member : members.values()) {
                if (member.speaks() && member.wakeUpMs <= nowMs) {
                    step(member, new Event.Tick());
                }
            }
            settle();
            if (nowMs >= end) {
                return;
            }
        }
    }

    private void step(StoryMember member, Event event) {
        AgentState before = member.state;
        if (before == null) {
            return;
        }
        Step step = Core.step(before, event, new Now(nowMs));
        member.state = step.next();
        member.wakeUpMs = step.wakeUpMs();
        tellRules(member, before, step);
        surroundings.carryOut(member, before, step);
    }

    private void tellRules(StoryMember member, AgentState before, Step step) {
        List<String> fired = new ArrayList<>();
        Map<Verdict.Question, Integer> now = new HashMap<>(member.rules);
        for (Verdict.Question question : Verdict.Question.values()) {
            int rule = FiredRules.of(question, before, step);
            if (rule == 0 || RecordRules.ROUTINE.contains(rule) && !shown.contains("routine")) {
                continue;
            }
            boolean hushed = shown.contains("rule-" + rule + "-once") && !member.known.add(rule);
            if (!Integer.valueOf(rule).equals(now.put(question, rule)) && !hushed) {
                fired.add(Words.rule(rule));
            }
        }
        member.rules.putAll(now);
        if (!fired.isEmpty()) {
            tell(member.name, "rule " + String.join(", ", fired));
        }
    }

    /** An agent starts beside whatever is there. */
    void start(StoryMember member) {
        member.lives++;
        member.rules.clear();
        member.stalled = false;
        member.state = Core.start(member.self(), member.tuning, member.disk, new Now(nowMs));
        member.wakeUpMs = nowMs;
        event(member, new Event.Tick());
        for (StoryMember other : members.values()) {
            connect(member, other);
        }
        event(member, new Event.GateReported(member.server.gate()));
        surroundings.servers.probe(member);
    }

    void connect(StoryMember one, StoryMember other) {
        if (one != other && one.lives() && other.lives() && !cut(one.name, other.name) && !cut(other.name, one.name)) {
            event(one, new Event.Connected(other.peer()));
            event(other, new Event.Connected(one.peer()));
        }
    }

    /** The agent is gone; the others notice where its machine lives on. */
    void end(StoryMember member) {
        member.state = null;
        member.backlog.clear();
        member.waiting.clear();
        if (!member.machineOff) {
            for (StoryMember other : members.values()) {
                if (other != member && !cut(member.name, other.name)) {
                    event(other, new Event.Disconnected(member.name, true));
                }
            }
        }
    }

    /** Everybody whose watch works sees the newest version. */
    void watchShows(Stored stored) {
        for (StoryMember member : members.values()) {
            boolean reaches =
                    member.store != StoryMember.StoreLink.SILENT && member.store != StoryMember.StoreLink.REFUSES;
            if (member.watches && reaches) {
                event(member, new Event.RecordSeen(stored));
            }
        }
    }
}
