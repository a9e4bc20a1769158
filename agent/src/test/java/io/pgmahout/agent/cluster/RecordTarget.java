package io.pgmahout.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.fuzz.Target;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A record as a store keeps it: in its file, in an answer of etcd, in a Lease. */
abstract class RecordTarget implements Target {

    static final List<ClusterRecord> RECORDS = List.of(
            Records.full(),
            Records.first("w"),
            Records.full(Records.named()),
            Records.full(new Holder.Released(Records.position())));

    @Override
    public final String promise() {
        return "What the store holds is a record of this cluster, which is written and read back alike, or is unreadable for a"
                + " reason that is told.";
    }

    @Override
    public final List<String> words() {
        return List.of(
                "\"held\"",
                "\"named\"",
                "\"released\"",
                "null",
                "true",
                "\"end\":",
                "\"lsn\":\"FFFFFFFF/FFFFFFFF\"",
                "\"members\":[]",
                "\"takeover\":\"TTL\"",
                "\\u0000",
                "\"",
                ",",
                "}",
                "]",
                "kvs",
                "MjA=",
                "pgmahout.io/");
    }

    abstract String stored(ClusterRecord record) throws UnreadableException;

    /** The record in the text; null where there is none. */
    abstract @Nullable ClusterRecord record(String text) throws UnreadableException;

    /** What a newer version wrote comes along. */
    abstract @Nullable ClusterRecord again(ClusterRecord record) throws UnreadableException;

    @Override
    public final List<byte[]> seeds() {
        return RECORDS.stream().map(this::bytes).toList();
    }

    private byte[] bytes(ClusterRecord record) {
        try {
            return stored(record).getBytes(StandardCharsets.UTF_8);
        } catch (UnreadableException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public final void read(byte[] input) throws UnreadableException {
        ClusterRecord record;
        try {
            record = record(new String(input, StandardCharsets.UTF_8));
        } catch (UnreadableException e) {
            assertThat(e.reason()).isNotBlank();
            return;
        }
        if (record != null) {
            assertThat(record.cluster()).isEqualTo(Records.CLUSTER);
            assertThat(again(record)).isEqualTo(record);
        }
    }
}
