package io.pgmahout.agent;

import io.pgmahout.config.AdminSettings;
import io.pgmahout.config.FailoverSettings;
import io.pgmahout.config.Loaded;
import io.pgmahout.config.LogSettings;
import io.pgmahout.config.MemberSettings;
import io.pgmahout.config.PostgresSettings;
import io.pgmahout.config.Reload;
import io.pgmahout.config.Settings;

/** What a reload makes of the settings in effect: changed where a reload applies a key, as they were elsewhere. */
final class Reloading {

    private Reloading() {}

    static Loaded.Valid effective(Loaded.Valid old, Loaded.Valid next) {
        return new Loaded.Valid(effective(old.settings(), next.settings()), Reload.origins(old, next), next.warnings());
    }

    private static Settings effective(Settings old, Settings next) {
        return new Settings(
                old.cluster(),
                new MemberSettings(
                        old.member().name(),
                        next.member().priority(),
                        next.member().nofailover(),
                        old.member().stateDirectory(),
                        old.member().runDirectory()),
                old.gossip(),
                new AdminSettings(
                        old.admin().listen(),
                        old.admin().advertise(),
                        next.admin().token(),
                        old.admin().tls()),
                old.store(),
                new PostgresSettings(
                        old.postgres().dataDirectory(),
                        old.postgres().walDirectory(),
                        old.postgres().listen(),
                        old.postgres().advertise(),
                        old.postgres().socketDirectory(),
                        old.postgres().superuser(),
                        old.postgres().replication(),
                        next.postgres().parameters(),
                        next.postgres().pgHba()),
                old.bootstrap(),
                failover(old.failover(), next.failover()),
                next.rebuild(),
                old.routing(),
                old.statefulSet(),
                next.callback(),
                new LogSettings(old.log().format(), next.log().level()));
    }

    private static FailoverSettings failover(FailoverSettings old, FailoverSettings next) {
        return new FailoverSettings(
                next.maxLag(),
                old.peerLease(),
                old.peerLeaseMax(),
                old.clockDrift(),
                old.permitMargin(),
                old.leaseDuration(),
                next.dropAfter(),
                next.coldStartWait(),
                next.switchoverTimeout(),
                next.salvageLimit(),
                next.salvageTimeout(),
                next.slotRetention(),
                old.failsafe());
    }
}
