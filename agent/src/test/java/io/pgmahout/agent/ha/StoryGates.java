package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.MemberName;
import java.util.HashMap;
import java.util.Map;

/** The gates of a story: they keep to the permits they are given. */
final class StoryGates {
    private static final long FENCE_HOLD_MS = 3_000;

    private final Story story;
    private final StoryServers servers;

    /** Since when each frozen server is frozen. */
    private final Map<MemberName, Long> frozenMs = new HashMap<>();

    StoryGates(Story story, StoryServers servers) {
        this.story = story;
        this.servers = servers;
    }

    void permit(StoryMember member, Effect.SetPermit permit) {
        StoryServer server = member.server;
        server.permitMs = permit.deadlineMs();
        server.permitTimeline = permit.timeline();
        server.seq = permit.seq();
        if (server.process == GateFacts.Processes.FROZEN && server.permitted(story.nowMs)) {
            server.process = GateFacts.Processes.RUNNING;
            frozenMs.remove(member.name);
            story.tell(member.name, "(the gate thaws the server)");
        }
        story.event(member, new Event.GateReported(server.gate()));
        enforce(member);
    }

    /** When a gate does something by itself next. */
    long nextMs() {
        long next = Long.MAX_VALUE;
        for (StoryMember member : story.members.values()) {
            StoryServer server = member.server;
            Long frozen = frozenMs.get(member.name);
            if (frozen != null) {
                next = Math.min(next, frozen + FENCE_HOLD_MS);
            } else if (server.primary() && !member.held.contains("gate")) {
                next = Math.min(next, server.permitMs);
            }
        }
        return next;
    }

    /** Freezes a server whose permit has ended, kills one that was frozen for long enough. */
    void enforce(StoryMember member) {
        StoryServer server = member.server;
        Long frozen = frozenMs.get(member.name);
        if (server.process != GateFacts.Processes.FROZEN) {
            frozenMs.remove(member.name);
        }
        if (member.held.contains("gate")) {
            return;
        }
        if (server.primary() && !server.permitted(story.nowMs)) {
            server.process = GateFacts.Processes.FROZEN;
            frozenMs.put(member.name, story.nowMs);
            story.tell(member.name, "(the gate freezes the server)");
            servers.report(member);
        } else if (server.process == GateFacts.Processes.FROZEN
                && frozen != null
                && frozen + FENCE_HOLD_MS <= story.nowMs) {
            story.tell(member.name, "(the gate kills the server)");
            server.end("fenced", false);
            servers.report(member);
        }
    }
}
