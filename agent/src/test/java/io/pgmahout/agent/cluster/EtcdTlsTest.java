package io.pgmahout.agent.cluster;

import static io.pgmahout.agent.cluster.ClusterStoreContract.LIMIT;
import static io.pgmahout.agent.cluster.ClusterStoreContract.applied;
import static io.pgmahout.agent.cluster.ClusterStoreContract.awaitLast;
import static io.pgmahout.agent.cluster.ClusterStoreContract.found;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmahout.agent.cluster.ClusterStore.ReadOutcome;
import io.pgmahout.agent.cluster.ClusterStore.WriteOutcome;
import io.pgmahout.agent.cluster.EtcdSettings.TlsFiles;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.Version;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcdTlsTest {

    @TempDir
    private Path directory;

    @Test
    void bothSidesShowCertificates() throws Exception {
        PemMaker ours = new PemMaker(directory, "ours");
        TlsFiles client = ours.issue("client", "EC");
        TlsFiles rsa = ours.issue("client-rsa", "RSA");
        TlsFiles stranger = new PemMaker(directory, "theirs").issue("stranger", "EC");
        try (EtcdServer server = start(ours)) {
            Version version;
            List<Stored> seen = new CopyOnWriteArrayList<>();
            try (ClusterStore store = open(server, client)) {
                version = applied(store.compareAndSet(null, Records.full(), LIMIT));
                store.watch(seen::add, lost -> {});
                awaitLast(seen, version);
            }
            try (ClusterStore store = open(server, rsa)) {
                assertThat(found(store.read(LIMIT)).version()).isEqualTo(version);
            }
            Duration limit = Duration.ofSeconds(1);
            for (TlsFiles wrong : List.of(
                    new TlsFiles(client.authorities(), null, null),
                    new TlsFiles(client.authorities(), stranger.certificate(), stranger.key()),
                    stranger,
                    new TlsFiles(null, client.certificate(), client.key()))) {
                try (ClusterStore store = open(server, wrong)) {
                    assertThat(store.read(limit)).as("%s", wrong).isInstanceOf(ReadOutcome.Unavailable.class);
                    assertThat(store.compareAndSet(version, Records.full(), limit))
                            .as("%s", wrong)
                            .isNotInstanceOf(WriteOutcome.Applied.class);
                }
            }
        }
    }

    @Test
    void filesThatCannotBeUsedAreNamedAtOnce() throws Exception {
        TlsFiles good = new PemMaker(directory, "ours").issue("client", "EC");
        Path missing = directory.resolve("missing");
        Path empty = Files.writeString(directory.resolve("empty"), "");
        Path old = Files.writeString(
                directory.resolve("old.key"), "-----BEGIN EC PRIVATE KEY-----\nAA==\n-----END EC PRIVATE KEY-----\n");
        Path torn = Files.writeString(
                directory.resolve("torn.key"), "-----BEGIN PRIVATE KEY-----\nMIG\n-----END PRIVATE KEY-----\n");
        assertUnusable(new TlsFiles(missing, null, null), missing + " cannot be read");
        assertUnusable(new TlsFiles(empty, null, null), empty + " holds no certificate");
        assertUnusable(new TlsFiles(null, good.certificate(), old), "openssl pkcs8 -topk8 -nocrypt -in " + old);
        assertUnusable(new TlsFiles(null, good.certificate(), torn), torn.toString());
        assertThatThrownBy(() -> new TlsFiles(null, missing, null)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertUnusable(TlsFiles files, String sentence) {
        assertThatThrownBy(() -> {
                    try (ClusterStore store = open("https://127.0.0.1:1", files)) {
                        store.read(LIMIT);
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageContaining(sentence);
    }

    private EtcdServer start(PemMaker authority) throws Exception {
        TlsFiles files = authority.issue("server", "EC");
        return EtcdServer.start(
                directory,
                "https",
                List.of(
                        "--cert-file=" + files.certificate(),
                        "--key-file=" + files.key(),
                        "--trusted-ca-file=" + files.authorities(),
                        "--client-cert-auth"));
    }

    private static ClusterStore open(EtcdServer server, TlsFiles files) throws IOException {
        return open(server.endpoint().toString(), files);
    }

    private static ClusterStore open(String endpoint, TlsFiles files) throws IOException {
        return Stores.open(Records.CLUSTER, new EtcdSettings(List.of(URI.create(endpoint)), "/test", null, files));
    }
}
