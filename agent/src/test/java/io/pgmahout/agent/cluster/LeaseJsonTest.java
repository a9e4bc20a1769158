package io.pgmahout.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Holder;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Version;
import io.pgmahout.agent.model.WriteId;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaseJsonTest {

    private static final Instant NOW = Instant.parse("2026-11-30T09:08:07.123456789Z");
    private static final LeaseJson JSON = new LeaseJson(Records.CLUSTER, "test", "zoo");

    @Test
    void everyRecordIsReadAsItWasWritten() throws UnreadableException {
        List<ClusterRecord> records = List.of(
                Records.full(),
                Records.first("w"),
                Records.full(Records.named()),
                Records.full(new Holder.Named(Records.full().voters().getFirst().member(), null)),
                Records.full(new Holder.Released(Records.position())),
                Records.full(new Holder.Released(null)));
        for (ClusterRecord record : records) {
            LeaseJson.Value value = JSON.value(stored(JSON.first(record, NOW)));
            assertThat(value.stored().record()).isEqualTo(record);
            assertThat(value.stored().version()).isEqualTo(new Version(7));
            for (ClusterRecord next : records) {
                assertThat(JSON.value(JSON.next(value.raw(), next, NOW))
                                .stored()
                                .record())
                        .isEqualTo(next);
            }
        }
    }

    @Test
    void timesAreKubernetesMicroTimes() throws UnreadableException {
        JsonObject lease = JSON.first(Records.full(), NOW);
        assertThat(lease.getAsJsonObject("spec").get("renewTime").getAsString())
                .isEqualTo("2026-11-30T09:08:07.123456Z");
        JsonObject next = JSON.next(
                stored(lease), Records.full().draft().as(new WriteId("next")), Instant.parse("2026-11-30T09:08:08Z"));
        assertThat(next.getAsJsonObject("spec").get("renewTime").getAsString())
                .isEqualTo("2026-11-30T09:08:08.000000Z");
        assertThat(next.getAsJsonObject("spec").get("acquireTime").getAsString())
                .isEqualTo("2026-11-30T09:08:07.123456Z");
    }

    @Test
    void whatIsReplacedStaysAsItWas() throws UnreadableException {
        JsonObject lease = stored(JSON.first(Records.full(), NOW));
        JsonObject before = lease.deepCopy();
        JSON.next(lease, Records.full(Records.named()), NOW);
        assertThat(lease).isEqualTo(before);
    }

    @Test
    void whatWasSetAndIsNotAnyMoreIsLeftOut() throws UnreadableException {
        JsonObject lease = stored(JSON.first(Records.full(), NOW));
        JsonObject next =
                JSON.next(lease, Records.full().draft().switchover(null).as(new WriteId("next")), NOW);
        assertThat(next.getAsJsonObject("metadata")
                        .getAsJsonObject("annotations")
                        .has("pgmahout.io/switchover"))
                .isFalse();
    }

    @Test
    void whatIsNotALeaseOfOursIsUnreadable() throws UnreadableException {
        assertUnreadable(new JsonObject(), "the Lease zoo.metadata is missing");
        JsonObject torn = stored(JSON.first(Records.full(), NOW));
        torn.getAsJsonObject("metadata").getAsJsonObject("annotations").addProperty("pgmahout.io/holder", "{");
        assertUnreadable(torn, "the annotation pgmahout.io/holder is not JSON");
        JsonObject nobody = stored(JSON.first(Records.full(), NOW));
        nobody.getAsJsonObject("spec").remove("holderIdentity");
        assertUnreadable(nobody, "record.holder.member is missing");
        JsonObject odd = stored(JSON.first(Records.full(), NOW));
        odd.getAsJsonObject("metadata").addProperty("resourceVersion", "x");
        assertUnreadable(odd, "the resourceVersion x is not a number");
    }

    @Test
    void aTermThatKubernetesCannotCountIsNotWritten() {
        ClusterRecord record = Records.full().draft().term(new Term(1L << 31)).as(new WriteId("w"));
        assertThatThrownBy(() -> JSON.first(record, NOW))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("terms up to 2147483647");
    }

    private static void assertUnreadable(JsonObject lease, String reason) {
        assertThatThrownBy(() -> JSON.value(lease))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining(reason);
    }

    /** As the server would send it. */
    private static JsonObject stored(JsonObject lease) {
        JsonObject stored = lease.deepCopy();
        stored.getAsJsonObject("metadata").addProperty("resourceVersion", "7");
        stored.getAsJsonObject("metadata").addProperty("uid", "uid-1");
        return stored;
    }

    @Test
    void aDurationThatNoLeaseHasIsUnreadable() throws UnreadableException {
        for (long seconds : new long[] {-1, Integer.MAX_VALUE + 1L, Long.MAX_VALUE}) {
            JsonObject lease = stored(JSON.first(Records.full(), NOW));
            lease.getAsJsonObject("spec").addProperty("leaseDurationSeconds", seconds);
            assertUnreadable(lease, "no Lease lasts " + seconds + " seconds");
        }
    }
}
