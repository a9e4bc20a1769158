package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.ServerAction;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.WalPiece;
import io.pgmahout.agent.model.WalRange;
import io.pgmahout.agent.observe.Outages;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This member's server and data directory: carries out what the core wants done and tells what happens. No method
 * blocks or throws; events come from several threads. Closing it leaves gate, server and permit as they are.
 */
public final class LocalServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LocalServer.class);

    private final Consumer<Event> events;
    private final AtomicReference<Effect.KeepSlots> slotsWanted =
            new AtomicReference<>(new Effect.KeepSlots(Map.of(), false));
    private final AtomicReference<PostgresSettings> settings;
    private final GateClient gate;
    private final Probe probe;
    private final Site site;
    private final Running running;
    private final Founding founding;
    private final Furnishing furnishing;
    private final Cloning cloning;
    private final Rewinding rewinding;
    private final Leading leading;
    private final Following following;
    private final WalGiving giving;
    private final WalTaking taking;
    private final TakenWalRemoval removal;
    private final Slots slots;
    private final Turns turns;
    private final ThreadPoolExecutor beside = lane("server-withdraw", 16);
    private final ThreadPoolExecutor slotKeeping = lane("server-slots", 1);

    /**
     * Looks for the gate and begins to report.
     *
     * @param stateDirectory of the agent alone, outside the data directory
     * @param log is told what an operator should know of gate and slots
     * @param fatal told at most once why this agent may not go on beside this gate
     */
    public LocalServer(
            PostgresSettings settings,
            Path runDirectory,
            Path stateDirectory,
            Consumer<Event> events,
            Consumer<Notice> log,
            Consumer<String> fatal) {
        this(
                settings,
                new DataPlaces(settings.dataDirectory(), WalVolume.of(settings)),
                runDirectory,
                stateDirectory,
                events,
                log,
                fatal);
    }

    LocalServer(
            PostgresSettings settings,
            DataPlaces places,
            Path runDirectory,
            Path stateDirectory,
            Consumer<Event> events,
            Consumer<Notice> log,
            Consumer<String> fatal) {
        this.events = events;
        this.settings = new AtomicReference<>(settings);
        Outages outages = new Outages(log, System::nanoTime);
        this.slots = new Slots(outages);
        this.gate = new GateClient(runDirectory, this::gateReported, outages, fatal);
        TakenWal taken = new TakenWal(stateDirectory);
        this.probe = new Probe(this.settings::get, gate, new SourceCheck(this.settings::get), taken, events);
        this.site = new Site(settings, places, new DataNotes(stateDirectory), gate, probe, taken);
        this.running = new Running(site);
        this.founding = new Founding(site);
        this.furnishing = new Furnishing(site);
        this.cloning = new Cloning(site);
        this.rewinding = new Rewinding(site);
        this.leading = new Leading(site);
        this.following = new Following(site);
        this.giving = new WalGiving(site);
        this.removal = new TakenWalRemoval(site, running);
        this.taking = new WalTaking(site, following, removal);
        try {
            probe.follows(ManagedSettings.following(settings.dataDirectory()));
        } catch (IOException e) {
            LOG.debug("whom the server follows is not known yet", e);
        }
        this.turns = new Turns(new Turns.Worker() {
            @Override
            public void work(Turns.Turn turn) {
                perform(turn);
            }

            @Override
            public void skip(Turns.Turn turn, String reason) {
                events.accept(new Event.ActionEnded(turn.id(), Outcome.FAILED, reason, null, null));
            }
        });
        // Last: a gate that is there already is told of before this returns.
        gate.start();
    }

    private static ThreadPoolExecutor lane(String name, int queue) {
        return new ThreadPoolExecutor(
                1,
                1,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(queue),
                Thread.ofPlatform().name(name).daemon().factory());
    }

    private void gateReported(Event event) {
        probe.now();
        events.accept(event);
    }

    /** Ended by one {@link Event.ActionEnded} with this id. */
    public void act(long id, ServerAction action) {
        if (action instanceof ServerAction.Kill) {
            // At once: whatever runs may need its moment to end.
            gate.post("kill");
        }
        turns.add(new Turns.Turn(id, action, site.withdrawals()));
    }

    /** Ended by one {@link Event.Withdrawn} with this id. */
    public void withdraw(long id) {
        site.withdraw();
        try {
            beside.execute(() -> events.accept(following.withdraw(id)));
        } catch (RejectedExecutionException e) {
            events.accept(new Event.Withdrawn(id, Outcome.FAILED, null, null, null, null));
        }
    }

    /** As {@link Effect.SetPermit}; the newest one wins over those not yet written. */
    public void setPermit(long deadlineMs, @Nullable Timeline timeline, long seq, boolean confirm) {
        gate.permit(deadlineMs, timeline, seq, confirm);
    }

    /** The last thing an agent does that no longer trusts itself: nothing may be written from now on. */
    public void dropPermit() {
        gate.permit(0, null, Long.MAX_VALUE, false);
    }

    /** As {@link Effect.KeepSlots}; the newest wish is the one that counts. */
    public void keepSlots(Effect.KeepSlots wanted) {
        slotsWanted.set(wanted);
        try {
            slotKeeping.execute(() -> {
                if (!site.serverGone()) {
                    slots.keep(settings.get(), slotsWanted.get());
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.trace("a turn that waits already will see the wish", e);
        }
    }

    /** Where to ask for the WAL of others, by who has it and which piece; must not block. */
    public void walRequests(BiConsumer<MemberName, WalRange> by) {
        taking.requests(by);
    }

    /** A piece that was asked for, or not. */
    public void walCame(MemberName from, WalPiece piece) {
        taking.came(from, piece);
    }

    /** A piece of the last WAL of this member's stopped server, for whom it was secured; null for anything else. Blocks. */
    public @Nullable WalPiece walPiece(MemberName to, WalRange wanted) throws IOException {
        return giving.piece(to, wanted);
    }

    public void probeNow() {
        probe.now();
    }

    /** Takes over changed settings: files and a reload now; what needs a restart of the server waits for one. */
    public void reconfigure(PostgresSettings changed) {
        settings.set(changed);
        site.settings(changed);
        try {
            beside.execute(this::applySettings);
        } catch (RejectedExecutionException e) {
            LOG.warn("settings are applied at the next start of the server");
        }
    }

    private void applySettings() {
        try {
            if (site.look().content() == DataFacts.Content.COMPLETE) {
                site.rewriteSettings();
                gate.post("reload");
            }
        } catch (IOException e) {
            LOG.warn("settings could not be written", e);
        }
    }

    /** What the program that runs beside the gate said last, for people; empty when it says nothing. */
    public String progress() {
        return gate.jobs().lastWords();
    }

    private void perform(Turns.Turn turn) {
        Outcome outcome = Outcome.DONE;
        String detail = "";
        Following.End end = null;
        site.acting(turn.asOf());
        try {
            end = begin(turn.action());
        } catch (ActionFailed e) {
            outcome = e.outcome();
            detail = e.detail();
        } catch (IOException | SQLException | java.io.UncheckedIOException | DirectoryIteratorException e) {
            outcome = Outcome.FAILED;
            detail = e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (Thread.interrupted()) {
            outcome = Outcome.FAILED;
            detail = "a kill came first";
        }
        DataFacts data = end == null ? site.look() : end.data();
        events.accept(new Event.ActionEnded(turn.id(), outcome, detail, data, end == null ? null : end.position()));
    }

    private Following.@Nullable End begin(ServerAction action)
            throws ActionFailed, IOException, SQLException, InterruptedException {
        if (!(action instanceof ServerAction.Inspect)) {
            giving.forget();
        }
        if (TakenWalRemoval.comesBefore(action)) {
            removal.run();
        }
        switch (action) {
            case ServerAction.Inspect inspect -> {
                site.heal();
                removal.tryTo();
                site.learnPrograms();
            }
            case ServerAction.Initialize make -> founding.initialize(make.data(), make.term());
            case ServerAction.Adopt adopt -> founding.adopt(adopt.data(), adopt.term());
            case ServerAction.StartPrimary start -> running.startPrimary(start.timeline());
            case ServerAction.Furnish furnish -> furnishing.furnish();
            case ServerAction.StartStandby start -> running.startStandby(start.source(), start.branches());
            case ServerAction.Stop stop -> running.stop(stop.fast(), stop.limitMs());
            case ServerAction.Kill kill -> running.kill();
            case ServerAction.Promote promote -> leading.promote(promote.timeline(), promote.term());
            case ServerAction.Follow follow -> following.follow(follow.source(), follow.branches());
            case ServerAction.Detach detach -> following.detach();
            case ServerAction.Rewind rewind -> rewinding.rewind(rewind.source(), rewind.data(), rewind.branches());
            case ServerAction.Clone clone -> cloning.copy(clone);
            case ServerAction.Forget forget -> cloning.forget();
            case ServerAction.FindEnd find -> {
                return following.findEnd();
            }
            case ServerAction.SecureWal secure -> giving.secure(secure);
            case ServerAction.TakeWal take -> taking.take(take);
            case ServerAction.Restart restart -> running.restart();
        }
        return null;
    }

    @Override
    public void close() {
        turns.close();
        beside.shutdownNow();
        slotKeeping.shutdownNow();
        probe.close();
        gate.close();
        slots.close();
    }
}
