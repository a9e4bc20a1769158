package io.pgmahout.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.cluster.ClusterStore.WriteOutcome;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Version;
import io.pgmahout.agent.model.WriteId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on one etcd for all tests, a key for each. */
class EtcdStoreTest extends ClusterStoreContract {

    @TempDir
    private static Path directory;

    private static EtcdServer server;

    private final String key = "/test/" + UUID.randomUUID();

    @BeforeAll
    static void startServer() throws IOException {
        server = EtcdServer.start(directory);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    ClusterStore connect(String cluster) throws IOException {
        return Stores.open(cluster, new EtcdSettings(List.of(server.endpoint()), key, null, null));
    }

    @Override
    void plant(String record) throws UnreadableException {
        server.put(key, record);
    }

    @Override
    void remove() throws UnreadableException {
        server.remove(key);
    }

    @Override
    String raw() throws UnreadableException {
        return server.get(key);
    }

    @Override
    AutoCloseable stall() throws IOException {
        server.freeze();
        return server::thaw;
    }

    @Test
    void aVersionForgottenLongAgoIsAConflict() throws Exception {
        ClusterStore store = store();
        Version first = applied(store.compareAndSet(null, Records.first("write-0"), LIMIT));
        Version version = first;
        for (int i = 1; i <= RawRecords.KEPT + 2; i++) {
            version = applied(store.compareAndSet(version, next("write-" + i), LIMIT));
        }
        assertThat(store.compareAndSet(first, next("late"), LIMIT)).isEqualTo(new WriteOutcome.Conflict());
        applied(store.compareAndSet(version, next("last"), LIMIT));
    }

    @Test
    void versionsGrowEvenWhenTheKeyIsMadeAgain() throws Exception {
        ClusterStore store = store();
        Version before = applied(store.compareAndSet(null, Records.first("write-0"), LIMIT));
        server.remove(key);
        assertThat(store.compareAndSet(before, next("write-1"), LIMIT)).isEqualTo(new WriteOutcome.Conflict());
        Version after = applied(store.compareAndSet(null, Records.first("write-2"), LIMIT));
        assertThat(after.newerThan(before)).isTrue();
    }

    private static ClusterRecord next(String write) {
        return Records.first("write-0").draft().as(new WriteId(write));
    }
}
