package io.pgmahout.agent.cluster;

import com.google.gson.JsonObject;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.kubernetes.KubernetesReply;
import io.pgmahout.agent.model.ClusterRecord;
import java.time.Instant;

/** A Lease as the API server sends it. */
public final class LeaseTarget extends RecordTarget {

    private static final Instant NOW = Instant.parse("2026-11-30T09:08:07Z");
    private static final LeaseJson JSON = new LeaseJson(Records.CLUSTER, "test", "zoo");

    @Override
    public String name() {
        return "record-lease";
    }

    @Override
    String stored(ClusterRecord record) throws UnreadableException {
        JsonObject lease = JSON.first(record, NOW);
        lease.getAsJsonObject("metadata").addProperty("resourceVersion", "7");
        return lease.toString();
    }

    @Override
    ClusterRecord record(String text) throws UnreadableException {
        return switch (KubernetesReply.of(200, null, text)) {
            case KubernetesReply.Done done -> {
                ClusterRecord record = JSON.value(done.body()).stored().record();
                JSON.next(done.body(), record, NOW);
                yield record;
            }
            default -> throw new UnreadableException("no Lease");
        };
    }

    @Override
    ClusterRecord again(ClusterRecord record) throws UnreadableException {
        return record(stored(record));
    }
}
