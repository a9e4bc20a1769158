package io.pgmahout.agent.cluster;

import com.google.gson.JsonObject;
import io.pgmahout.agent.calls.Deadline;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.cluster.EtcdReply.Denied;
import io.pgmahout.agent.cluster.EtcdReply.Done;
import io.pgmahout.agent.cluster.EtcdReply.Lost;
import io.pgmahout.agent.cluster.EtcdReply.NotSent;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.Version;
import io.pgmahout.protocol.PemContext;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The record under one key of an etcd, through its JSON gateway. A version is the revision that last changed the key:
 * it grows even when the key is removed and made again.
 */
final class EtcdStore implements ClusterStore {

    private final String cluster;
    private final EtcdKey key;
    private final EtcdClient client;
    private final RawRecords raws = new RawRecords();
    private final List<EtcdWatch> watches = new CopyOnWriteArrayList<>();

    EtcdStore(String cluster, EtcdSettings settings) throws IOException {
        this.cluster = cluster;
        this.key = new EtcdKey(settings.key(), cluster);
        this.client = new EtcdClient(settings, new EtcdHttp(tls(settings.tls())));
    }

    private static @Nullable SSLContext tls(EtcdSettings.@Nullable TlsFiles files) throws IOException {
        if (files == null) {
            return null;
        }
        try {
            return PemContext.of(files.authorities(), files.certificate(), files.key());
        } catch (GeneralSecurityException e) {
            throw new IOException("the TLS files of etcd cannot be used: " + e.getMessage(), e);
        }
    }

    /**
     * What a read found.
     *
     * @param revision everything up to this revision of the store is in it; 0 if nothing could be read
     */
    record Snapshot(ReadOutcome outcome, long revision) {}

    @Override
    public ReadOutcome read(Duration deadline) {
        return snapshot(Deadline.after(deadline)).outcome();
    }

    @Override
    public WriteOutcome compareAndSet(@Nullable Version base, ClusterRecord record, Duration deadline) {
        if (!record.cluster().equals(cluster)) {
            throw new IllegalArgumentException("a record of " + record.cluster() + " for the store of " + cluster);
        }
        Deadline end = Deadline.after(deadline);
        JsonObject raw = RecordJson.encode(record);
        if (base != null) {
            JsonObject stored = raws.get(base);
            if (stored == null) {
                ReadOutcome found = snapshot(end).outcome();
                stored = raws.get(base);
                if (stored == null) {
                    return withoutBase(found);
                }
            }
            UnknownFields.carry(stored, raw);
        }
        return switch (client.tell("/v3/kv/txn", key.putIf(base, raw), end)) {
            case Done done -> written(done.body(), raw);
            case Denied denied -> new WriteOutcome.Refused(denied.reason());
            case NotSent notSent -> new WriteOutcome.Refused("not sent: " + notSent.reason());
            case Lost lost -> new WriteOutcome.Unknown(lost.reason());
        };
    }

    @Override
    public void watch(Consumer<Stored> seen, Consumer<String> lost) {
        EtcdWatch watch = new EtcdWatch(key, client, this::snapshot, raws, new Witness(seen, lost));
        watches.add(watch);
        watch.start();
    }

    @Override
    public void close() {
        watches.forEach(EtcdWatch::close);
        client.close();
    }

    private Snapshot snapshot(Deadline deadline) {
        return switch (client.ask("/v3/kv/range", key.range(), deadline)) {
            case Done done -> found(done.body());
            case Denied denied -> new Snapshot(new ReadOutcome.Refused(denied.reason()), 0);
            case NotSent notSent -> new Snapshot(new ReadOutcome.Unavailable(notSent.reason()), 0);
            case Lost lost -> new Snapshot(new ReadOutcome.Unavailable(lost.reason()), 0);
        };
    }

    private Snapshot found(JsonFields body) {
        long revision = 0;
        try {
            revision = EtcdKey.revision(body.fields("header"), "revision");
            EtcdKey.Value value = key.found(body);
            if (value == null) {
                return new Snapshot(new ReadOutcome.Absent(), revision);
            }
            raws.put(value.stored().version(), value.raw());
            return new Snapshot(new ReadOutcome.Found(value.stored()), revision);
        } catch (UnreadableException e) {
            return new Snapshot(new ReadOutcome.Refused(e.reason()), revision);
        }
    }

    private WriteOutcome written(JsonFields body, JsonObject raw) {
        try {
            if (!body.has("succeeded") || !body.flag("succeeded")) {
                return new WriteOutcome.Conflict();
            }
            Version version = new Version(EtcdKey.revision(body.fields("header"), "revision"));
            raws.put(version, raw);
            return new WriteOutcome.Applied(version);
        } catch (UnreadableException e) {
            return new WriteOutcome.Unknown(e.reason());
        }
    }

    /** Without the stored object its unknown fields would be lost; a read that does not show the base settles it. */
    private static WriteOutcome withoutBase(ReadOutcome found) {
        return switch (found) {
            case ReadOutcome.Found newer -> new WriteOutcome.Conflict();
            case ReadOutcome.Absent absent -> new WriteOutcome.Conflict();
            case ReadOutcome.Refused refused -> new WriteOutcome.Refused("not sent: " + refused.reason());
            case ReadOutcome.Unavailable unavailable -> new WriteOutcome.Refused("not sent: " + unavailable.reason());
        };
    }
}
