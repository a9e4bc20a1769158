package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.ha.Source;
import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.Incarnation;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the actions on one server share. */
final class Site {

    private static final long VERSION_LIMIT_MS = 5_000;

    private volatile PostgresSettings settings;
    private volatile DataPlaces places;
    private final DataNotes notes;
    private final GateClient gate;
    private final Probe probe;
    private final TakenWal taken;
    private @Nullable Incarnation programsOf;
    private volatile int programs;
    private long withdrawals;
    private long actingAsOf;

    Site(PostgresSettings settings, DataPlaces places, DataNotes notes, GateClient gate, Probe probe, TakenWal taken) {
        this.settings = settings;
        this.places = places;
        this.notes = notes;
        this.gate = gate;
        this.probe = probe;
        this.taken = taken;
    }

    PostgresSettings settings() {
        return settings;
    }

    void settings(PostgresSettings changed) {
        settings = changed;
    }

    DataPlaces places() {
        return places;
    }

    Path data() {
        return places.data();
    }

    DataNotes notes() {
        return notes;
    }

    GateClient gate() {
        return gate;
    }

    Probe probe() {
        return probe;
    }

    TakenWal taken() {
        return taken;
    }

    boolean serverGone() {
        GateState state = gate.state();
        return state == null || state.gone();
    }

    /** Sees to it that nothing works in the data directory, nor beside it. */
    void needStopped() throws ActionFailed, InterruptedException {
        if (!serverGone()) {
            throw ActionFailed.refused("the server runs");
        }
        gate.jobs().endLeft();
    }

    DataFacts look() {
        places = places.current();
        return new DataLook(places, notes).facts(programs, probe.toldTimeline(), !serverGone());
    }

    /** Sees to it that there lies what an action was decided on, and in a place of the same kind as at its beginning. */
    void needSame(DataFacts decidedOn, DataPlaces begun) throws ActionFailed {
        DataFacts now = look();
        if (now.content() == DataFacts.Content.FOREIGN) {
            throw ActionFailed.refused(String.valueOf(now.problem()));
        }
        if (!now.isSameContent(decidedOn)) {
            throw ActionFailed.refused(data() + " is not what it was when this was decided: it is "
                    + now.content().name().toLowerCase(Locale.ROOT)
                    + (now.data() == null ? "" : ", data " + now.data()));
        }
        if (places != begun) {
            throw ActionFailed.refused(data() + " became, or ceased to be, a mount point meanwhile");
        }
    }

    /** The facts of a directory that may be started. */
    DataFacts needComplete() throws IOException, ActionFailed {
        DataFacts facts = look();
        if (facts.content() != DataFacts.Content.COMPLETE) {
            throw ActionFailed.refused(facts.problem() == null ? "there is no data directory" : facts.problem());
        }
        return facts;
    }

    /** The note on the present content. */
    DataNote needNote() throws IOException, ActionFailed {
        DataNote note = notes.of(new DataLook(places, notes).present(!serverGone()));
        if (note == null) {
            throw ActionFailed.refused("the data directory is not under management");
        }
        return note;
    }

    /** Learns the major version of the gate's programs, once for each gate. */
    void learnPrograms() throws InterruptedException {
        GateState state = gate.state();
        if (state == null || state.incarnation().equals(programsOf)) {
            return;
        }
        try {
            String text = gate.jobs()
                    .run(VERSION_LIMIT_MS, "pg_controldata", "--version")
                    .orFail()
                    .out();
            String number = text.replaceFirst("(?s).*\\) *(\\d+).*", "$1");
            programs = Integer.parseInt(number);
            programsOf = state.incarnation();
        } catch (ActionFailed | NumberFormatException e) {
            programs = 0;
        }
    }

    int programs() {
        return programs;
    }

    void put(DataNote note) throws IOException {
        notes.put(note);
    }

    /** Ends what an agent before this one left half done, where it can be ended. */
    void heal() throws ActionFailed, IOException, InterruptedException {
        places = places.current();
        if (serverGone()) {
            gate.jobs().endLeft();
            new Recovery(this).heal();
            new Swap(places, notes).heal();
            new WalMove(places, notes).heal();
            places.tellStrayWal(notes);
        }
        if (Files.exists(data())) {
            // Inspecting comes first in an agent's life, and nothing should wait for it.
            Thread.ofVirtual().name("sweep").start(places::sweep);
        }
    }

    /** In the run directory, which the server's container sees too. */
    Path passFile() throws IOException {
        return ConnInfo.writePassFile(settings, gate.run().resolve("pgpass"));
    }

    /** From now on nothing that was asked for before connects the server to a source. */
    void withdraw() {
        synchronized (notes) {
            withdrawals++;
        }
    }

    /** How often receiving was stopped: what an action that is asked for now may rely on. */
    long withdrawals() {
        synchronized (notes) {
            return withdrawals;
        }
    }

    /** Sees to it that receiving was not stopped since the action that is carried out now was asked for. */
    void needNotWithdrawn() throws ActionFailed {
        synchronized (notes) {
            if (actingAsOf < withdrawals) {
                throw ActionFailed.refused("receiving was stopped meanwhile");
            }
        }
    }

    /** Something that must not happen once receiving was stopped: it is done before that, or not at all. */
    @FunctionalInterface
    interface Step {
        void take() throws IOException;
    }

    void unlessWithdrawn(Step step) throws ActionFailed, IOException {
        synchronized (notes) {
            needNotWithdrawn();
            step.take();
        }
    }

    /** The action that is carried out now was asked for as of that many withdrawals. */
    void acting(long asOf) {
        synchronized (notes) {
            actingAsOf = asOf;
        }
    }

    /**
     * Writes the managed files into the data directory and remembers whom the server follows.
     *
     * @throws ActionFailed when receiving was stopped after the action that wants a source was asked for: a member
     *     that promised must not be connected again by what was under way
     */
    void writeSettings(@Nullable Source source) throws IOException, ActionFailed {
        synchronized (notes) {
            if (source != null) {
                needNotWithdrawn();
            }
            write(source);
        }
    }

    /** Writes the managed files anew; whom the server follows stays as it is. */
    void rewriteSettings() throws IOException {
        synchronized (notes) {
            write(ManagedSettings.following(data()));
        }
    }

    /** Never into a directory whose content is being exchanged: the new one brings its own. */
    private void write(@Nullable Source source) throws IOException {
        switch (notes.phase()) {
            case SWAPPING, MOVING, FILLING -> throw new IOException(data() + " is being exchanged");
            case COMPLETE, RECOVERING, REWINDING -> {}
        }
        ManagedSettings.write(data(), settings, passFile(), source);
        probe.follows(source);
    }

    /** Writes the branches beside the data, unless the data's own timeline was made in another term (A3). */
    void note(List<Branch> branches, @Nullable Timeline own) throws IOException, ActionFailed {
        DataNote note = needNote();
        for (Branch branch : branches) {
            Term term = note.branches().get(branch.timeline());
            if (branch.timeline().equals(own) && !branch.term().equals(term)) {
                throw ActionFailed.refused("timeline " + own + " here is of "
                        + (term == null ? "a term nobody wrote down" : "term " + term) + ", not of term "
                        + branch.term() + ": to be cloned again");
            }
        }
        put(note.with(branches));
    }
}
