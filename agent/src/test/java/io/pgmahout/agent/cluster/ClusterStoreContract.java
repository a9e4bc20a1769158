package io.pgmahout.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.cluster.ClusterStore.ReadOutcome;
import io.pgmahout.agent.cluster.ClusterStore.WriteOutcome;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.Stored;
import io.pgmahout.agent.model.Version;
import io.pgmahout.agent.model.WriteId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every store promises. */
abstract class ClusterStoreContract {

    static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(400);

    /** What a loaded machine may take to notice that a deadline has passed. */
    private static final Duration LATENESS = Duration.ofMillis(1_500);

    private final List<ClusterStore> open = new ArrayList<>();

    /** Another store, as another agent would open it, on this test's record. */
    abstract ClusterStore connect(String cluster) throws Exception;

    /** Puts the record there by other means than a store. */
    abstract void plant(String record) throws Exception;

    /** An operator removes the record. */
    abstract void remove() throws Exception;

    /** What lies there. */
    abstract String raw() throws Exception;

    /** Makes the store answer nothing until closed. */
    abstract AutoCloseable stall() throws Exception;

    final ClusterStore store() throws Exception {
        ClusterStore store = connect(Records.CLUSTER);
        open.add(store);
        return store;
    }

    @AfterEach
    void closeStores() {
        open.forEach(ClusterStore::close);
    }

    @Test
    void nothingIsAbsentAndCanBeCreated() throws Exception {
        ClusterStore store = store();
        assertThat(store.read(LIMIT)).isEqualTo(new ReadOutcome.Absent());
        Version version = applied(store.compareAndSet(null, Records.full(), LIMIT));
        assertThat(store().read(LIMIT)).isEqualTo(new ReadOutcome.Found(new Stored(version, Records.full())));
    }

    @Test
    void nothingIsNoVersion() throws Exception {
        ClusterStore store = store();
        assertThat(store.compareAndSet(new Version(1), Records.full(), LIMIT)).isEqualTo(new WriteOutcome.Conflict());
        assertThat(store.read(LIMIT)).isEqualTo(new ReadOutcome.Absent());
    }

    @Test
    void everyWriteMakesANewerVersionAndEndsTheOld() throws Exception {
        ClusterStore store = store();
        Version first = applied(store.compareAndSet(null, Records.first("write-1"), LIMIT));
        ClusterRecord next = Records.first("write-1").draft().as(new WriteId("write-2"));
        Version second = applied(store.compareAndSet(first, next, LIMIT));
        assertThat(second.newerThan(first)).isTrue();
        // Another write, by its id: a store may find out by it what became of one.
        ClusterRecord late = Records.first("write-1").draft().as(new WriteId("write-3"));
        assertThat(store.compareAndSet(first, late, LIMIT)).isEqualTo(new WriteOutcome.Conflict());
        assertThat(store.compareAndSet(null, late, LIMIT)).isEqualTo(new WriteOutcome.Conflict());
        assertThat(store().compareAndSet(first, late, LIMIT)).isEqualTo(new WriteOutcome.Conflict());
        assertThat(store.read(LIMIT)).isEqualTo(new ReadOutcome.Found(new Stored(second, next)));
    }

    /** A write on a version of it may arrive at any time. */
    @Test
    void whatWasRemovedIsNeverWrittenOnAgain() throws Exception {
        ClusterStore store = store();
        List<Version> seen = new CopyOnWriteArrayList<>();
        store.watch(stored -> seen.add(stored.version()), trouble -> {});
        Version first = applied(store.compareAndSet(null, full("first"), LIMIT));
        Version second = applied(store.compareAndSet(first, full("second"), LIMIT));
        remove();
        assertThat(store.read(LIMIT)).isEqualTo(new ReadOutcome.Absent());
        assertThat(store.compareAndSet(second, full("late"), LIMIT)).isEqualTo(new WriteOutcome.Conflict());
        assertThat(store.read(LIMIT)).isEqualTo(new ReadOutcome.Absent());

        Version anew = applied(store().compareAndSet(null, full("anew"), LIMIT));
        assertThat(anew.newerThan(second)).isTrue();
        assertThat(store.compareAndSet(first, full("later"), LIMIT)).isEqualTo(new WriteOutcome.Conflict());
        assertThat(store.compareAndSet(second, full("late"), LIMIT)).isEqualTo(new WriteOutcome.Conflict());
        assertThat(store.read(LIMIT)).isEqualTo(new ReadOutcome.Found(new Stored(anew, full("anew"))));
        await().atMost(LIMIT).until(() -> seen.contains(anew));
    }

    private static ClusterRecord full(String write) {
        return Records.full().draft().as(new WriteId(write));
    }

    @Test
    void oneOfEightCreates() throws Exception {
        assertThat(race(null, "create")).hasSize(1);
    }

    @Test
    void oneOfEightWritesOnAVersion() throws Exception {
        Version base = applied(store().compareAndSet(null, Records.first("write-0"), LIMIT));
        Set<Version> versions = new HashSet<>();
        for (int round = 0; round < 5; round++) {
            List<Version> won = race(base, "round-" + round);
            assertThat(won).as("round %s", round).hasSize(1);
            base = won.getFirst();
            assertThat(versions.add(base)).isTrue();
        }
    }

    @Test
    void aWatchSeesTheNewestInOrder() throws Exception {
        ClusterStore writer = store();
        List<Stored> seen = new CopyOnWriteArrayList<>();
        List<String> lost = new CopyOnWriteArrayList<>();
        store().watch(seen::add, lost::add);
        Version version = applied(writer.compareAndSet(null, Records.first("write-0"), LIMIT));
        awaitLast(seen, version);
        for (int i = 1; i <= 20; i++) {
            ClusterRecord next = Records.first("write-0").draft().as(new WriteId("write-" + i));
            version = applied(writer.compareAndSet(version, next, LIMIT));
            if (i % 10 == 0) {
                awaitLast(seen, version);
                assertThat(seen.getLast().record()).isEqualTo(next);
            }
        }
        assertThat(seen).extracting(Stored::version).isSorted().doesNotHaveDuplicates();
        assertThat(lost).isEmpty();
    }

    @Test
    void aWatchBeginsWithWhatIsThere() throws Exception {
        Version version = applied(store().compareAndSet(null, Records.full(), LIMIT));
        List<Stored> seen = new CopyOnWriteArrayList<>();
        store().watch(seen::add, lost -> {});
        awaitLast(seen, version);
    }

    @Test
    void aStalledStoreHoldsNobodyPastTheDeadline() throws Exception {
        ClusterStore store = store();
        Version version = applied(store.compareAndSet(null, Records.first("write-0"), LIMIT));
        ClusterRecord next = Records.first("write-0").draft().as(new WriteId("write-1"));
        whileStalled(() -> {
            assertThat(inTime(() -> store.read(SHORT))).isInstanceOf(ReadOutcome.Unavailable.class);
            assertThat(inTime(() -> store.compareAndSet(version, next, SHORT)))
                    .isInstanceOfAny(WriteOutcome.Unknown.class, WriteOutcome.Refused.class);
            assertThat(inTime(() -> store().read(SHORT))).isInstanceOf(ReadOutcome.Unavailable.class);
        });
        assertThat(store.read(LIMIT)).isInstanceOf(ReadOutcome.Found.class);
    }

    @Test
    void anInterruptedCallReturnsAndStaysInterrupted() throws Exception {
        ClusterStore store = store();
        Version version = applied(store.compareAndSet(null, Records.first("write-0"), LIMIT));
        List<WriteOutcome> outcomes = new ArrayList<>();
        whileStalled(() -> {
            Thread.currentThread().interrupt();
            ReadOutcome read = store.read(LIMIT);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            WriteOutcome written = store.compareAndSet(version, Records.first("write-1"), LIMIT);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(read).isInstanceOf(ReadOutcome.Unavailable.class);
            outcomes.add(written);
        });
        assertThat(outcomes.getFirst()).isInstanceOfAny(WriteOutcome.Unknown.class, WriteOutcome.Refused.class);
        Stored later = found(store.read(LIMIT));
        if (outcomes.getFirst() instanceof WriteOutcome.Refused) {
            assertThat(later.version()).as("what was refused is never done").isEqualTo(version);
        }
    }

    @Test
    void fieldsOfANewerAgentSurvive() throws Exception {
        JsonObject newer = RecordJson.encode(Records.full());
        newer.addProperty("sync", "on");
        newer.getAsJsonObject("holder").addProperty("zone", "west");
        newer.getAsJsonArray("members").get(1).getAsJsonObject().addProperty("weight", 2);
        plant(newer.toString());
        ClusterStore store = store();
        Stored stored = found(store.read(LIMIT));
        assertThat(stored.record()).isEqualTo(Records.full());
        Version version = stored.version();
        ClusterRecord next = Records.full();
        for (int i = 0; i < 3; i++) {
            next = next.draft().as(new WriteId("later-" + i));
            version = applied(store.compareAndSet(version, next, LIMIT));
        }
        assertKept("later-2");

        // Another store, which has read nothing, writes on the same version.
        applied(store().compareAndSet(version, next.draft().as(new WriteId("other")), LIMIT));
        assertKept("other");
    }

    @Test
    void anotherClustersRecordIsRefused() throws Exception {
        Version version = applied(store().compareAndSet(null, Records.full(), LIMIT));
        ClusterStore farm = connect("farm");
        try (farm) {
            assertThat(farm.read(LIMIT))
                    .isEqualTo(new ReadOutcome.Refused("the record is of cluster \"zoo\", not of \"farm\""));
            assertThatThrownBy(() -> farm.compareAndSet(version, Records.full(), LIMIT))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void whatIsNoRecordIsRefusedAndNotOverwritten() throws Exception {
        plant("{\"cluster\":\"zoo\",\"term\":1}");
        String before = raw();
        ClusterStore store = store();
        assertThat(store.read(LIMIT)).isEqualTo(new ReadOutcome.Refused("record.holder is missing"));
        assertThat(store.compareAndSet(new Version(1), Records.full(), LIMIT))
                .isNotInstanceOf(WriteOutcome.Applied.class);
        assertThat(store.compareAndSet(null, Records.full(), LIMIT)).isNotInstanceOf(WriteOutcome.Applied.class);
        assertThat(raw()).isEqualTo(before);
    }

    @Test
    void aWatchTellsThatItIsLostAndThatItIsBack() throws Exception {
        plant("{\"cluster\":\"zoo\"}");
        List<Stored> seen = new CopyOnWriteArrayList<>();
        List<String> lost = new CopyOnWriteArrayList<>();
        store().watch(seen::add, lost::add);
        await().atMost(LIMIT).untilAsserted(() -> assertThat(lost).containsExactly("record.term is missing"));
        plant(RecordJson.encode(Records.full()).toString());
        await().atMost(LIMIT).untilAsserted(() -> assertThat(lost).containsExactly("record.term is missing", ""));
        assertThat(seen).extracting(Stored::record).containsExactly(Records.full());
    }

    @Test
    void aClosedStoreSaysSo() throws Exception {
        ClusterStore store = store();
        store.close();
        assertThat(store.read(LIMIT)).isInstanceOf(ReadOutcome.Unavailable.class);
        assertThat(store.compareAndSet(null, Records.full(), LIMIT)).isInstanceOf(WriteOutcome.Refused.class);
        assertThat(store().read(LIMIT)).isEqualTo(new ReadOutcome.Absent());
    }

    /** Steps of a test. */
    interface Steps {
        void run() throws Exception;
    }

    final void whileStalled(Steps steps) throws Exception {
        AutoCloseable stalled = stall();
        try {
            steps.run();
        } finally {
            stalled.close();
        }
    }

    static Version applied(WriteOutcome outcome) {
        assertThat(outcome).isInstanceOf(WriteOutcome.Applied.class);
        return ((WriteOutcome.Applied) outcome).version();
    }

    static Stored found(ReadOutcome outcome) {
        assertThat(outcome).isInstanceOf(ReadOutcome.Found.class);
        return ((ReadOutcome.Found) outcome).stored();
    }

    static void awaitLast(List<Stored> seen, Version version) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(seen)
                        .isNotEmpty()
                        .last()
                        .extracting(Stored::version)
                        .isEqualTo(version));
    }

    static <T> T inTime(Callable<T> call) throws Exception {
        long begun = System.nanoTime();
        T result = call.call();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SHORT.plus(LATENESS));
        return result;
    }

    private void assertKept(String writeId) throws Exception {
        JsonObject kept = JsonFields.parse("it", raw()).object();
        assertThat(kept.get("writeId").getAsString()).isEqualTo(writeId);
        assertThat(kept.get("sync").getAsString()).isEqualTo("on");
        assertThat(kept.getAsJsonObject("holder").get("zone").getAsString()).isEqualTo("west");
        assertThat(kept.getAsJsonArray("members")
                        .get(1)
                        .getAsJsonObject()
                        .get("weight")
                        .getAsInt())
                .isEqualTo(2);
    }

    /** Eight stores write on {@code base} at once; the versions of those that were applied. */
    private List<Version> race(@Nullable Version base, String name) throws Exception {
        int racers = 8;
        CountDownLatch ready = new CountDownLatch(racers);
        List<Version> won = new ArrayList<>();
        List<ClusterRecord> records = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(racers)) {
            List<Future<WriteOutcome>> outcomes = new ArrayList<>();
            for (int i = 0; i < racers; i++) {
                ClusterStore store = store();
                ClusterRecord record = Records.first(name + "-" + i);
                records.add(record);
                outcomes.add(threads.submit(() -> {
                    ready.countDown();
                    ready.await();
                    return store.compareAndSet(base, record, LIMIT);
                }));
            }
            for (int i = 0; i < racers; i++) {
                WriteOutcome outcome = outcomes.get(i).get();
                if (outcome instanceof WriteOutcome.Applied applied) {
                    won.add(applied.version());
                    assertThat(store().read(LIMIT))
                            .isEqualTo(new ReadOutcome.Found(new Stored(applied.version(), records.get(i))));
                } else {
                    assertThat(outcome).isEqualTo(new WriteOutcome.Conflict());
                }
            }
        }
        return won;
    }
}
