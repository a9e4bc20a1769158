package io.pgmahout.agent;

import io.pgmahout.agent.admin.AdminOptions;
import io.pgmahout.agent.cluster.ClusterStore;
import io.pgmahout.agent.cluster.KubernetesSettings;
import io.pgmahout.agent.cluster.StoreSettings;
import io.pgmahout.agent.cluster.Stores;
import io.pgmahout.agent.gossip.Gossip;
import io.pgmahout.agent.gossip.PortLook;
import io.pgmahout.agent.gossip.VoterNote;
import io.pgmahout.agent.ha.Core;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Self;
import io.pgmahout.agent.ha.VoterFile;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.VoterId;
import io.pgmahout.agent.postgres.LocalServer;
import io.pgmahout.config.Loaded;
import io.pgmahout.config.Settings;
import io.pgmahout.protocol.LocalIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member's agent, put together: store, gate and server, gossip, loop, admin port. Ends only when told to, or when
 * it may not go on; the server and its permit stay with the gate.
 */
public final class Agent {

    /** A planned end waits so long for the record to say TTL. */
    private static final long RETIRE_MS = 3_000;

    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
    private static final long GATE_WAIT_S = 60;
    private static final long GATE_LOOK_MS = 200;

    private final Running running;

    private Agent(Running running) {
        this.running = running;
    }

    /**
     * Starts an agent and returns once it runs.
     *
     * @param source where the configuration came from, to read it again
     * @throws IOException if something on this machine cannot be used; the message is a sentence for an operator
     */
    public static Agent start(Loaded.Valid loaded, SettingsSource source)
            throws IOException, GeneralSecurityException, InterruptedException {
        Settings settings = loaded.settings();
        Files.createDirectories(
                settings.member().stateDirectory(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        byte[] random = new byte[4];
        new SecureRandom().nextBytes(random);
        Self self = Settled.self(settings, HexFormat.of().formatHex(random));
        BootClock clock = BootClock.open();
        VoterNote note = new VoterNote(settings.member().stateDirectory(), self.name());
        VoterFile voter = note.open(() -> new VoterId(UUID.randomUUID().toString()));
        Running running = new Running(loaded, source);
        AdminOptions admin = AdminSettled.options(settings, running::settings);
        Loop loop = new Loop(Core.start(self, Settled.tuning(settings), voter, clock.now()), clock, running);
        running.loop(loop);
        ClusterStore store = open(settings, running);
        AtomicReference<String> incarnation = new AtomicReference<>();
        CountDownLatch gateSeen = new CountDownLatch(1);
        LocalServer server = new LocalServer(
                Settled.postgres(settings),
                settings.member().runDirectory(),
                settings.member().stateDirectory(),
                event -> {
                    if (event instanceof Event.GateReported reported) {
                        incarnation.set(reported.gate().incarnation().value());
                        gateSeen.countDown();
                    }
                    loop.tell(event);
                },
                running::log,
                running::fatal);
        running.server(server);
        awaitGate(running, gateSeen, settings);
        WalExchange wal = new WalExchange(server);
        running.closes(wal);
        Gossip gossip = Gossip.start(
                Settled.address(settings.gossip().listen()),
                () -> Settled.peers(running.settings()),
                identity(settings, self, voter, incarnation.get()),
                Settled.security(settings),
                loop::tell,
                running::log,
                wal,
                running::nameTaken);
        running.closes(gossip);
        wal.over(gossip);
        PortLook look = new PortLook(loop::tell);
        running.closes(look);
        Effects effects = new Effects(loop::tell, store, gossip, server, note, look, running);
        running.closes(effects);
        store.watch(stored -> loop.tell(new Event.RecordSeen(stored)), running::watchLost);
        loop.start(effects);
        running.openAdmin(admin);
        running.log(EventCode.AGENT_STARTED, Map.of("version", Version.text()));
        return new Agent(running);
    }

    private static ClusterStore open(Settings settings, Running running) throws IOException {
        StoreSettings where = Settled.store(settings);
        if (where instanceof KubernetesSettings kubernetes) {
            return InKubernetes.open(settings, kubernetes, running);
        }
        ClusterStore store = Stores.open(settings.cluster(), where);
        running.closes(store);
        return store;
    }

    private static void awaitGate(Running running, CountDownLatch gateSeen, Settings settings)
            throws IOException, InterruptedException {
        long saidNs = System.nanoTime();
        while (!gateSeen.await(GATE_LOOK_MS, TimeUnit.MILLISECONDS)) {
            String why = running.whyEnded();
            if (why != null) {
                throw new IOException(why);
            }
            if (System.nanoTime() - saidNs > TimeUnit.SECONDS.toNanos(GATE_WAIT_S)) {
                saidNs = System.nanoTime();
                LOG.info("still waiting for the gate in {}", settings.member().runDirectory());
            }
        }
    }

    private static LocalIdentity identity(Settings settings, Self self, VoterFile voter, String incarnation) {
        return new LocalIdentity(
                settings.cluster(),
                self.name().value(),
                voter.voter().value(),
                incarnation,
                self.address(),
                self.adminAddress(),
                settings.gossip().reachableAt().toString(),
                Version.text());
    }

    /** Leaves the record and the permit so that a successor finds time, then ends. Blocks at most a few seconds. */
    public void retire() {
        running.retire(RETIRE_MS);
    }

    /** Waits until the agent has ended; its exit code. */
    public int await() throws InterruptedException {
        return running.await();
    }

    /** Reads the configuration again and applies what can be. */
    public void reload() {
        running.readAgain();
    }
}
