package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.MemberName;
import java.util.HashMap;
import java.util.Map;

/** The servers of a story as their agents see them, and the WAL that flows between them. */
final class StoryServers {
    private final Story story;

    StoryServers(Story story) {
        this.story = story;
    }

    /** Its gate and its server tell how they are. */
    void report(StoryMember member) {
        story.event(member, new Event.GateReported(member.server.gate()));
        probe(member);
        streams();
    }

    void probe(StoryMember member) {
        if (member.server.running() && member.server.answers && !member.stalled) {
            story.event(member, new Event.Probed(facts(member), story.nowMs));
        }
    }

    /** What a probe of a member's server tells. */
    ServerFacts facts(StoryMember member) {
        return member.server.probe(servers());
    }

    private Map<MemberName, StoryServer> servers() {
        Map<MemberName, StoryServer> servers = new HashMap<>();
        story.members.forEach((name, other) -> servers.put(name, other.server));
        return servers;
    }

    /** Walreceivers connect, receive and end by themselves. */
    void streams() {
        for (StoryMember member : story.members.values()) {
            StoryServer standby = member.server;
            StoryMember source = standby.following == null ? null : story.members.get(standby.following);
            boolean can = standby.running()
                    && standby.standbyFiles
                    && standby.sourceProblem == null
                    && source != null
                    && !source.machineOff
                    && source.server.writable()
                    && !story.cut(source.name, member.name)
                    && source.server.flushed.compareTo(standby.flushed) >= 0;
            boolean news = can != standby.streaming;
            standby.streaming = can;
            if (can && source != null && !standby.lags && source.server.running()) {
                news |= !standby.flushed.equals(source.server.flushed);
                standby.flushed = source.server.flushed;
                standby.timeline = source.server.timeline;
            }
            if (news) {
                probe(member);
            }
        }
    }
}
