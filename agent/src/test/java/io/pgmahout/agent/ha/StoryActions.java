package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.WalPosition;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What actions do to the server of a story. */
final class StoryActions {
    private final Story story;
    private final StoryServers servers;

    StoryActions(Story story, StoryServers servers) {
        this.story = story;
        this.servers = servers;
    }

    void perform(StoryMember member, Effect.Act act) {
        StoryServer server = member.server;
        String refusal = act(member, server, act.action());
        servers.report(member);
        WalPosition end =
                act.action() instanceof ServerAction.FindEnd && server.knowsPosition ? server.position() : null;
        Outcome outcome = refusal == null ? Outcome.DONE : Outcome.REFUSED;
        if (refusal != null) {
            story.tell(member.name, "(refused: " + refusal + ")");
        }
        story.event(
                member, new Event.ActionEnded(act.id(), outcome, refusal == null ? "" : refusal, server.facts(), end));
        // Promotion: the others' walreceivers end, and come back on the new timeline.
        servers.streams();
    }

    /** The action that waits failed, and did nothing. */
    void fail(StoryMember member) {
        Effect.Act act = Objects.requireNonNull(Surroundings.take(member, Effect.Act.class), "nothing waits");
        story.event(member, new Event.ActionEnded(act.id(), Outcome.FAILED, "it failed", member.server.facts(), null));
    }

    private @Nullable String act(StoryMember member, StoryServer server, ServerAction action) {
        switch (action) {
            case ServerAction.Inspect inspect -> {}
            case ServerAction.Furnish furnish -> {}
            case ServerAction.Forget forget -> server.keptAside = false;
            case ServerAction.FindEnd find -> {}
            case ServerAction.SecureWal secure -> {
                if (server.process != GateFacts.Processes.NONE) {
                    return "the server runs";
                }
            }
            case ServerAction.TakeWal take -> {
                StoryMember source = story.member(take.source().value());
                server.following = null;
                server.streaming = false;
                if (source.machineOff || !source.lives() || story.cut(source.name, member.name)) {
                    return "the source does not answer";
                }
                server.flushed = take.end().lsn();
            }
            case ServerAction.Initialize make -> initialize(server, make.data(), make.term());
            case ServerAction.Adopt adopt -> {
                server.data = adopt.data();
                server.branches.put(Objects.requireNonNull(server.timeline), adopt.term());
            }
            case ServerAction.StartPrimary start -> {
                if (server.permitMs <= story.nowMs) {
                    return "no permit";
                }
                server.run(true);
            }
            case ServerAction.StartStandby start -> {
                if (!server.standbyFiles || server.process == GateFacts.Processes.NONE) {
                    server.standbyFiles = true;
                    server.run(false);
                }
                server.note(start.branches());
                follow(server, start.source());
            }
            case ServerAction.Stop stop -> server.end("0", true);
            case ServerAction.Kill kill -> server.end("killed", false);
            case ServerAction.Promote promote -> {
                Timeline made = server.nextTimeline();
                server.standbyFiles = false;
                server.following = null;
                server.streaming = false;
                server.begins(made);
                server.branches.put(promote.timeline(), promote.term());
                return made.equals(promote.timeline()) ? null : "it made timeline " + made;
            }
            case ServerAction.Follow follow -> {
                server.note(follow.branches());
                follow(server, follow.source());
            }
            case ServerAction.Detach detach -> {
                server.following = null;
                server.streaming = false;
            }
            case ServerAction.Rewind rewind -> copy(server, rewind.source(), rewind.data(), rewind.branches());
            case ServerAction.Clone clone -> {
                if (!server.facts().isSameContent(clone.replaces())) {
                    return "it is not what it was";
                }
                boolean foreign = server.system != null && !StoryServer.SYSTEM.equals(server.system);
                server.keptAside |= server.content != DataFacts.Content.EMPTY && !foreign;
                server.branches.clear();
                copy(server, clone.source(), clone.data(), clone.branches());
            }
            case ServerAction.Restart restart -> {
                server.end("0", true);
                servers.report(member);
                server.run(!server.standbyFiles);
            }
        }
        return null;
    }

    private static void initialize(StoryServer server, DataId data, Term term) {
        server.content = DataFacts.Content.COMPLETE;
        server.system = StoryServer.SYSTEM;
        server.data = data;
        server.timeline = Timeline.FIRST;
        server.branches.clear();
        server.branches.put(Timeline.FIRST, term);
        server.flushed = new Lsn(0x1000);
        server.branchStart = Lsn.ZERO;
        server.standbyFiles = false;
        server.clean = true;
    }

    private static void follow(StoryServer server, @Nullable Source source) {
        server.following = source == null ? null : source.member();
    }

    private void copy(StoryServer server, Source source, DataId data, List<Branch> branches) {
        StoryServer from = story.member(source.member().value()).server;
        server.content = DataFacts.Content.COMPLETE;
        server.system = from.system;
        server.data = data;
        server.note(branches);
        server.timeline = from.timeline;
        server.flushed = from.flushed;
        server.standbyFiles = true;
        server.clean = false;
        server.sourceProblem = null;
    }
}
