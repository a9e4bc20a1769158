package io.pgmahout.agent.postgres;

import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Brings a data directory under management: a new one made by initdb, or one that is there. */
final class Founding {

    private static final long INITDB_LIMIT_MS = 600_000;

    private final Site site;

    Founding(Site site) {
        this.site = site;
    }

    void initialize(DataId data, Term term) throws ActionFailed, IOException, InterruptedException {
        site.needStopped();
        site.heal();
        DataFacts facts = site.look();
        if (facts.content() != DataFacts.Content.EMPTY && facts.content() != DataFacts.Content.TORN) {
            throw ActionFailed.refused(facts.problem() == null ? "there is a data directory already" : facts.problem());
        }
        site.learnPrograms();
        DataPlaces places = site.places();
        Content.Making made = Content.begin(site, places, data);
        Path making = made.content();
        Path password = site.gate().run().resolve("initdb.password");
        DurableFile.write(password, site.settings().superuser().password() + "\n");
        try {
            site.gate()
                    .jobs()
                    .run(INITDB_LIMIT_MS, "initdb", arguments(made, password))
                    .orFail();
            made.needLinked();
        } finally {
            Files.deleteIfExists(password);
        }
        Content.complete(site, making, data, Map.of(ControlFile.read(making).timeline(), term), null, false);
        Content.moveIn(site, places, facts);
    }

    private String[] arguments(Content.Making made, Path password) {
        PostgresSettings.Bootstrap wanted = site.settings().bootstrap();
        List<String> arguments = new ArrayList<>(List.of(
                "-D",
                made.content().toString(),
                "-U",
                site.settings().superuser().name(),
                "--pwfile=" + password,
                "--auth=scram-sha-256",
                "--encoding=" + wanted.encoding(),
                "--locale=" + wanted.locale()));
        if (made.wal() != null) {
            arguments.add("--waldir=" + made.wal());
        }
        if (wanted.checksums()) {
            arguments.add("--data-checksums");
        } else if (site.programs() >= 18) {
            arguments.add("--no-data-checksums");
        }
        return arguments.toArray(String[]::new);
    }

    void adopt(DataId data, Term term) throws ActionFailed, IOException, InterruptedException {
        site.needStopped();
        DataFacts facts = site.needComplete();
        if (facts.standbyFiles() || Files.exists(site.data().resolve("recovery.signal"))) {
            throw ActionFailed.refused("the directory is a standby's or a restore's: only a primary's can be adopted");
        }
        ControlFile control = ControlFile.read(site.data());
        Map<Timeline, Term> branches = new HashMap<>(facts.branches());
        branches.put(control.timeline(), term);
        site.put(new DataNote(data, control.systemIdentifier(), branches, true, true));
        site.writeSettings(null);
        // In this order: cut off in between it is still a directory to be adopted, not a former one.
        site.notes().placed(data);
        DurableFile.write(site.data().resolve(DataLook.MARKER), data + "\n");
    }
}
