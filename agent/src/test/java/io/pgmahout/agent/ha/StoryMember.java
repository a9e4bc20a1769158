package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.VoterId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One agent of a story and what it has around it. */
final class StoryMember {

    /** What becomes of a request to the store. */
    enum StoreLink {
        ANSWERS,
        /** It is refused at once: certainly not applied. */
        REFUSES,
        /** Reads are answered, writes refused at once. */
        READ_ONLY,
        /** Nobody ever hears of it; a read fails, a write is unknown and was not applied. */
        SILENT,
        /** It waits for the story to say what becomes of it. */
        HELD,
        /** Reads are answered, writes wait for the story. */
        READS
    }

    final MemberName name;
    final StoryServer server;
    VoterFile disk;

    /** The agent's core, null while there is no agent. */
    @Nullable
    AgentState state;

    Tuning tuning = Tuning.DEFAULT;
    int priority;
    boolean nofailover;
    Forms forms = Forms.ANYHOW;
    int lives;
    long wakeUpMs;
    boolean stalled;
    boolean machineOff;
    StoreLink store = StoreLink.ANSWERS;

    /** Its watch shows it nothing: it learns of the record by reading alone. */
    boolean watches = true;

    /** Parts of its surroundings that wait for the story: gate, actions, withdraw, disk. */
    final Set<String> held = new HashSet<>();

    final Deque<Event> backlog = new ArrayDeque<>();
    final List<Effect> waiting = new ArrayList<>();

    /** Rules that a story tells of only once. */
    final Set<Integer> known = new HashSet<>();

    /** The rules that fired last, by question, as they were told. */
    final Map<Verdict.Question, Integer> rules = new HashMap<>();

    StoryMember(MemberName name) {
        this.name = name;
        server = new StoryServer(name);
        disk = new VoterFile(new VoterId("v-" + name), Term.NONE, 750, null);
    }

    boolean lives() {
        return state != null;
    }

    /** Whether it can be heard: an agent that neither stalls nor is gone. */
    boolean speaks() {
        return state != null && !stalled;
    }

    Peer peer() {
        return new Peer(name, disk.voter(), server.incarnation());
    }

    Self self() {
        return new Self("demo", name, name + "." + lives, name + ":5432", name + ":8008", priority, nofailover, forms);
    }
}
