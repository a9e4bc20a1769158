package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.MemberName;
import java.util.List;
import java.util.Set;

/** What the members of a story send each other, and whether it arrives. */
final class StoryLinks {
    private static final Set<Class<? extends Message>> QUIET_MESSAGES = Set.of(
            Message.Heartbeat.class, Message.HeartbeatAck.class, Message.Report.class, Message.ReportRequest.class);

    private final Story story;

    StoryLinks(Story story) {
        this.story = story;
    }

    /** The same message to each of {@code sends}. */
    void send(StoryMember from, List<Effect.Send> sends) {
        Message message = sends.getFirst().message();
        if (!QUIET_MESSAGES.contains(message.getClass())
                || message instanceof Message.Heartbeat && story.shown.contains("heartbeats")
                || message instanceof Message.HeartbeatAck && story.shown.contains("acks")) {
            String to = String.join(
                    ", ", sends.stream().map(send -> send.to().value()).toList());
            story.tell(from.name, "to " + to + ": " + Words.message(message));
        }
        for (Effect.Send send : sends) {
            StoryMember to = story.members.get(send.to());
            if (to != null && to.lives() && !to.machineOff && !story.cut(from.name, to.name)) {
                story.event(to, new Event.Received(from.peer(), message));
            }
        }
    }

    /** Whether the machine of {@code at} answers on its postgres port. */
    boolean answersLook(StoryMember from, MemberName at) {
        StoryMember target = story.members.get(at);
        return target != null
                && !target.machineOff
                && target.server.process != GateFacts.Processes.NONE
                && !story.cut(from.name, at);
    }
}
