package io.pgmahout.agent.cluster;

import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.model.ClusterRecord;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** An answer of etcd's gateway to a read. */
public final class EtcdTarget extends RecordTarget {

    private static final EtcdKey KEY = new EtcdKey("/pgmahout/zoo", Records.CLUSTER);

    @Override
    public String name() {
        return "record-etcd";
    }

    @Override
    String stored(ClusterRecord record) {
        String value = Base64.getEncoder()
                .encodeToString(RecordJson.encode(record).toString().getBytes(StandardCharsets.UTF_8));
        return "{\"header\":{\"cluster_id\":\"1\",\"member_id\":\"2\",\"revision\":\"20\",\"raft_term\":\"3\"},\"kvs\":[{\"key\":"
                + "\"L3BnbWFob3V0L3pvbw==\",\"create_revision\":\"4\",\"mod_revision\":\"20\",\"version\":\"17\",\"value\":\""
                + value + "\"}],\"count\":\"1\"}";
    }

    @Override
    @Nullable
    ClusterRecord record(String text) throws UnreadableException {
        return switch (EtcdReply.of(200, text)) {
            case EtcdReply.Done done -> {
                EtcdKey.Value value = KEY.found(done.body());
                yield value == null ? null : value.stored().record();
            }
            case EtcdReply.Denied denied -> throw new UnreadableException("denied: " + denied.reason());
            case EtcdReply.NotSent notSent -> throw new IllegalStateException(notSent.reason());
            case EtcdReply.Lost lost -> throw new UnreadableException("lost: " + lost.reason());
        };
    }

    @Override
    @Nullable
    ClusterRecord again(ClusterRecord record) throws UnreadableException {
        return record(stored(record));
    }
}
