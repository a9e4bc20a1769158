package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.WalPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The state in the making while one event is worked on, and the effects it leads to. Lives for one step. */
final class Turn {
    Self self;
    Tuning tuning;
    final Now now;
    final long nowMs;
    final long startedMs;
    final List<Effect> effects = new ArrayList<>();
    long counter;
    VoterFile voter;
    VoterFile persisted;
    RecordBook book;
    Writes writes;
    PermitGiven permit;

    @Nullable
    GateFacts gate;

    @Nullable
    DataFacts data;

    long lookedMs;

    long refusedMs;

    @Nullable
    ServerFacts server;

    long probedMs;

    @Nullable
    Doing doing;

    @Nullable
    Ending ending;

    @Nullable
    Offer offer;

    @Nullable
    WalPosition lastPosition;

    @Nullable
    Rest rest;

    boolean furnished;
    Failures failures;
    MemberLease lease;
    Pulse pulse;
    SecondLook look;
    Promises promises;
    Told told;
    List<Verdict> verdicts;
    private SortedMap<MemberName, PeerState> peers;
    private boolean peersCopied;
    private List<Asked> asked;
    private long wakeUpMs = Long.MAX_VALUE;

    Turn(AgentState state, Now now) {
        this.now = now;
        nowMs = now.ms();
        self = state.self();
        tuning = state.tuning();
        startedMs = state.startedMs();
        counter = state.counter();
        voter = state.voter();
        persisted = state.persisted();
        book = state.book();
        writes = state.writes();
        permit = state.permit();
        gate = state.gate();
        data = state.data();
        lookedMs = state.lookedMs();
        refusedMs = state.refusedMs();
        server = state.server();
        probedMs = state.probedMs();
        doing = state.doing();
        ending = state.ending();
        offer = state.offer();
        lastPosition = state.lastPosition();
        rest = state.rest();
        furnished = state.furnished();
        failures = state.failures();
        lease = state.lease();
        pulse = state.pulse();
        look = state.look();
        promises = state.promises();
        told = state.told();
        verdicts = state.verdicts();
        peers = state.peers();
        asked = state.asked();
    }

    void reconfigure(Event.Reconfigured changed) {
        self = new Self(
                self.cluster(),
                self.name(),
                self.agent(),
                self.address(),
                self.adminAddress(),
                changed.priority(),
                changed.nofailover(),
                self.forms());
        tuning = changed.tuning();
    }

    /** The state as it is now, to look at. */
    AgentState state() {
        return new AgentState(
                self,
                tuning,
                startedMs,
                counter,
                voter,
                persisted,
                book,
                writes,
                permit,
                gate,
                data,
                lookedMs,
                refusedMs,
                server,
                probedMs,
                doing,
                ending,
                offer,
                lastPosition,
                rest,
                furnished,
                failures,
                lease,
                pulse,
                look,
                promises,
                java.util.Collections.unmodifiableSortedMap(peers),
                asked,
                told,
                verdicts,
                wakeUpMs);
    }

    View view() {
        return new View(state(), now);
    }

    long nextId() {
        return ++counter;
    }

    void effect(Effect effect) {
        effects.add(effect);
    }

    void wakeAt(long ms) {
        wakeUpMs = Math.min(wakeUpMs, ms);
    }

    long wakeUpMs() {
        return wakeUpMs;
    }

    SortedMap<MemberName, PeerState> peers() {
        return peers;
    }

    void peer(PeerState peer) {
        changeablePeers().put(peer.peer().name(), peer);
    }

    void forget(MemberName member) {
        changeablePeers().remove(member);
    }

    private SortedMap<MemberName, PeerState> changeablePeers() {
        if (!peersCopied) {
            peers = new TreeMap<>(peers);
            peersCopied = true;
        }
        return peers;
    }

    List<Asked> asked() {
        return asked;
    }

    void ask(Command command) {
        List<Asked> all = new ArrayList<>(asked);
        all.add(new Asked(command, nowMs, false));
        asked = List.copyOf(all);
    }

    void begun(Asked which) {
        asked = asked.stream()
                .map(one -> one.equals(which) ? one.beginning() : one)
                .toList();
    }

    /** Answers a command and forgets it. */
    void answer(Asked which, Outcome outcome, String text) {
        asked = asked.stream().filter(one -> !one.equals(which)).toList();
        effect(new Effect.Answer(which.command().id(), outcome, text));
    }

    void log(EventCode code, Map<String, String> fields) {
        effect(new Effect.Log(new Notice(code, fields)));
    }

    void broadcast(Message message) {
        for (PeerState peer : peers.values()) {
            if (peer.connected()) {
                effect(new Effect.Send(peer.peer().name(), message));
            }
        }
    }
}
