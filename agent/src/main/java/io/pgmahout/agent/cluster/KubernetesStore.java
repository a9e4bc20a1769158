package io.pgmahout.agent.cluster;

import com.google.gson.JsonObject;
import io.pgmahout.agent.calls.Deadline;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.kubernetes.KubernetesAccess;
import io.pgmahout.agent.kubernetes.KubernetesCalls;
import io.pgmahout.agent.kubernetes.KubernetesHttp;
import io.pgmahout.agent.kubernetes.KubernetesReply;
import io.pgmahout.agent.kubernetes.KubernetesReply.Busy;
import io.pgmahout.agent.kubernetes.KubernetesReply.Denied;
import io.pgmahout.agent.kubernetes.KubernetesReply.Done;
import io.pgmahout.agent.kubernetes.KubernetesReply.Lost;
import io.pgmahout.agent.kubernetes.KubernetesReply.NotSent;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.Version;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The record as one Lease of a Kubernetes. A version is the Lease's resourceVersion, and what is replaced is the object
 * of that version and no other, by its uid. A write that no clear answer came to is looked for by a read: if it is what
 * is stored, it was applied; any other finding leaves it unknown, since it may have been applied and followed by another.
 */
final class KubernetesStore implements ClusterStore {

    private final String cluster;
    private final LeaseJson json;
    private final LeaseApi api;
    private final KubernetesHttp http;
    private final KubernetesCalls calls;
    private final LeaseOwners owners;
    private final InstantSource wallClock;
    private final RawRecords raws = new RawRecords();
    private final List<KubernetesWatch> watches = new CopyOnWriteArrayList<>();

    KubernetesStore(String cluster, KubernetesSettings settings, KubernetesHttp http, InstantSource wallClock) {
        KubernetesAccess access = http.access();
        this.cluster = cluster;
        this.json = new LeaseJson(cluster, access.namespace(), settings.lease());
        this.api = new LeaseApi(access, settings.lease());
        this.http = http;
        this.calls = http.calls();
        this.owners = new LeaseOwners(api, calls, settings.volumeClaim());
        this.wallClock = wallClock;
    }

    @Override
    public ReadOutcome read(Duration deadline) {
        return read(Deadline.after(deadline));
    }

    @Override
    public WriteOutcome compareAndSet(@Nullable Version base, ClusterRecord record, Duration deadline) {
        if (!record.cluster().equals(cluster)) {
            throw new IllegalArgumentException("a record of " + record.cluster() + " for the store of " + cluster);
        }
        Deadline end = Deadline.after(deadline);
        JsonObject stored = base == null ? null : raws.get(base);
        if (base != null && stored == null) {
            ReadOutcome found = read(end);
            stored = raws.get(base);
            if (stored == null) {
                return withoutBase(found);
            }
        }
        try {
            JsonObject lease = stored == null
                    ? json.first(record, wallClock.instant())
                    : json.next(stored, record, wallClock.instant());
            owners.add(lease, record);
            return write(stored == null, lease, record, end);
        } catch (UnreadableException e) {
            return new WriteOutcome.Refused("not sent: " + e.reason());
        }
    }

    @Override
    public void watch(Consumer<Stored> seen, Consumer<String> lost) {
        KubernetesWatch watch = new KubernetesWatch(json, api, http, this::read, raws, new Witness(seen, lost));
        watches.add(watch);
        watch.start();
    }

    @Override
    public void close() {
        watches.forEach(KubernetesWatch::close);
        http.close();
    }

    private ReadOutcome read(Deadline end) {
        return switch (calls.send(api.get(), end)) {
            case Done done -> found(done.body());
            case Denied denied ->
                LeaseApi.isAbsent(denied)
                        ? new ReadOutcome.Absent()
                        : new ReadOutcome.Refused(api.refusal("get", denied));
            case Busy busy -> new ReadOutcome.Unavailable(busy.problem());
            case NotSent notSent -> new ReadOutcome.Unavailable(notSent.reason());
            case Lost lost -> new ReadOutcome.Unavailable(lost.reason());
        };
    }

    private ReadOutcome found(JsonObject lease) {
        try {
            LeaseJson.Value value = json.value(lease);
            raws.put(value.stored().version(), value.raw());
            return new ReadOutcome.Found(value.stored());
        } catch (UnreadableException e) {
            return new ReadOutcome.Refused(e.reason());
        }
    }

    private WriteOutcome write(boolean create, JsonObject lease, ClusterRecord record, Deadline end) {
        // A third of the time is kept for asking what became of it.
        Deadline answerBy = Deadline.after(Duration.ofNanos(end.leftNanos() / 3 * 2));
        return switch (calls.send(create ? api.create(lease) : api.update(lease), answerBy)) {
            case Done done -> written(done.body(), record, end);
            case Denied denied -> denied(create, denied, record, end);
            case Busy busy -> new WriteOutcome.Refused("not sent: " + busy.problem());
            case NotSent notSent -> new WriteOutcome.Refused("not sent: " + notSent.reason());
            case Lost lost -> lookedFor(record, lost.reason(), end);
        };
    }

    private WriteOutcome written(JsonObject answer, ClusterRecord record, Deadline end) {
        try {
            LeaseJson.Value value = json.value(answer);
            raws.put(value.stored().version(), value.raw());
            return new WriteOutcome.Applied(value.stored().version());
        } catch (UnreadableException e) {
            return lookedFor(record, e.reason(), end);
        }
    }

    private WriteOutcome denied(boolean create, Denied denied, ClusterRecord record, Deadline end) {
        if (denied.status() == KubernetesReply.CONFLICT) {
            // What stands between us and the server may have sent it a second time, which then conflicts with the
            // first.
            return switch (read(end)) {
                case ReadOutcome.Found found ->
                    isOurs(found.stored(), record)
                            ? new WriteOutcome.Applied(found.stored().version())
                            : new WriteOutcome.Conflict();
                case ReadOutcome.Absent absent -> new WriteOutcome.Conflict();
                case ReadOutcome.Refused refused -> new WriteOutcome.Conflict();
                case ReadOutcome.Unavailable unavailable ->
                    new WriteOutcome.Unknown(denied.message() + "; then " + unavailable.reason());
            };
        }
        if (!create && LeaseApi.isAbsent(denied)) {
            return new WriteOutcome.Conflict();
        }
        return new WriteOutcome.Refused(api.refusal(create ? "create" : "update", denied));
    }

    private WriteOutcome lookedFor(ClusterRecord record, String reason, Deadline end) {
        return read(end) instanceof ReadOutcome.Found found && isOurs(found.stored(), record)
                ? new WriteOutcome.Applied(found.stored().version())
                : new WriteOutcome.Unknown(reason);
    }

    /** The id alone names the write; holder and term besides, lest a Lease that somebody edited passes for ours. */
    private static boolean isOurs(Stored stored, ClusterRecord record) {
        return stored.record().writeId().equals(record.writeId())
                && stored.record().term().equals(record.term())
                && stored.record().holder().equals(record.holder());
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
