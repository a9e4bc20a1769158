package io.pgmahout.agent;

import io.pgmahout.agent.cluster.EtcdSettings;
import io.pgmahout.agent.cluster.FileSettings;
import io.pgmahout.agent.cluster.KubernetesSettings;
import io.pgmahout.agent.ha.Forms;
import io.pgmahout.agent.ha.Self;
import io.pgmahout.agent.ha.Tuning;
import io.pgmahout.agent.kubernetes.KubernetesLogin;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.postgres.PostgresSettings;
import io.pgmahout.config.Account;
import io.pgmahout.config.BootstrapSettings;
import io.pgmahout.config.DataSize;
import io.pgmahout.config.FailoverSettings;
import io.pgmahout.config.HostAndPort;
import io.pgmahout.config.Secret;
import io.pgmahout.config.Settings;
import io.pgmahout.config.StoreSettings;
import io.pgmahout.config.TlsSettings;
import io.pgmahout.protocol.PeerAddress;
import io.pgmahout.protocol.TlsFiles;
import io.pgmahout.protocol.TransportSecurity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the configuration means for each part of the agent. */
final class Settled {

    /** How long a holder whose server crashed looks for a standby that has all before it restarts in place. */
    private static final long CRASH_HANDOVER_MS = 150;

    private Settled() {}

    static Tuning tuning(Settings settings) {
        FailoverSettings failover = settings.failover();
        return new Tuning(
                failover.peerLease().toMillis(),
                failover.peerLeaseMax().toMillis(),
                failover.clockDrift(),
                failover.permitMargin().toMillis(),
                failover.leaseDuration().toMillis(),
                failover.dropAfter().toMillis(),
                failover.coldStartWait().toMillis(),
                failover.switchoverTimeout().toMillis(),
                failover.maxLag().bytes(),
                CRASH_HANDOVER_MS,
                failover.salvageLimit().bytes(),
                failover.salvageTimeout().toMillis(),
                failover.slotRetention().toMillis(),
                failover.failsafeLease().toMillis());
    }

    static Self self(Settings settings, String agent) {
        return new Self(
                settings.cluster(),
                new MemberName(settings.member().name()),
                agent,
                settings.postgres().reachableAt().toString(),
                settings.admin().reachableAt().toString(),
                settings.member().priority(),
                settings.member().nofailover(),
                switch (settings.bootstrap().method()) {
                    case INITDB -> Forms.ANYHOW;
                    case ADOPT -> Forms.FROM_DATA;
                    case NONE -> Forms.NEVER;
                });
    }

    static PostgresSettings postgres(Settings settings) {
        io.pgmahout.config.PostgresSettings postgres = settings.postgres();
        BootstrapSettings bootstrap = settings.bootstrap();
        return new PostgresSettings(
                new MemberName(settings.member().name()),
                postgres.dataDirectory(),
                postgres.walDirectory().orElse(null),
                postgres.listen().host(),
                postgres.listen().port(),
                postgres.socketDirectory(),
                login(postgres.superuser()),
                login(postgres.replication()),
                postgres.parameters(),
                postgres.pgHba(),
                new PostgresSettings.Bootstrap(
                        bootstrap.locale(),
                        bootstrap.encoding(),
                        bootstrap.dataChecksums(),
                        bootstrap.database().orElse(null),
                        owner(bootstrap),
                        bootstrap.sqlFiles()),
                new PostgresSettings.Copying(
                        settings.rebuild().cloneTimeout(),
                        settings.rebuild().maxRate().map(DataSize::bytes).orElse(0L)));
    }

    private static PostgresSettings.Login login(Account account) {
        return new PostgresSettings.Login(
                account.name(),
                account.password()
                        .map(Secret::reveal)
                        .orElseThrow(() -> new IllegalArgumentException("no password for " + account.name())));
    }

    private static PostgresSettings.@Nullable Login owner(BootstrapSettings bootstrap) {
        Optional<PostgresSettings.Login> owner = bootstrap
                .owner()
                .flatMap(name ->
                        bootstrap.ownerPassword().map(password -> new PostgresSettings.Login(name, password.reveal())));
        return owner.orElse(null);
    }

    static io.pgmahout.agent.cluster.StoreSettings store(Settings settings) {
        return switch (settings.store()) {
            case StoreSettings.File file -> new FileSettings(file.path());
            case StoreSettings.Etcd etcd ->
                new EtcdSettings(
                        etcd.endpoints(),
                        etcd.prefix() + "/" + settings.cluster(),
                        etcd.user()
                                .flatMap(user -> etcd.password()
                                        .map(password -> new EtcdSettings.Login(user, password.reveal())))
                                .orElse(null),
                        etcd.tls()
                                .map(tls ->
                                        new EtcdSettings.TlsFiles(tls.caFile(), tls.certificateFile(), tls.keyFile()))
                                .orElse(null));
            case StoreSettings.Kubernetes kubernetes ->
                new KubernetesSettings(
                        kubernetes
                                .kubeconfig()
                                .<KubernetesLogin>map(KubernetesLogin.Kubeconfig::new)
                                .orElseGet(KubernetesLogin.ServiceAccount::ofThisPod),
                        kubernetes.namespace().orElse(null),
                        settings.cluster(),
                        kubernetes.volumeClaim().orElse(null));
        };
    }

    static TransportSecurity security(Settings settings) {
        Optional<TlsSettings> tls = settings.gossip().tls();
        if (tls.isPresent()) {
            return new TransportSecurity.MutualTls(files(tls.get()));
        }
        return settings.gossip().plainText()
                ? new TransportSecurity.PlainAnywhere()
                : new TransportSecurity.PlainOnLoopback();
    }

    static TlsFiles files(TlsSettings tls) {
        return new TlsFiles(tls.caFile(), tls.certificateFile(), tls.keyFile());
    }

    static List<PeerAddress> peers(Settings settings) {
        return settings.gossip().peers().stream()
                .map(peer -> new PeerAddress(peer.host(), peer.port()))
                .toList();
    }

    static InetSocketAddress address(HostAndPort listen) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(listen.host()), listen.port());
    }
}
