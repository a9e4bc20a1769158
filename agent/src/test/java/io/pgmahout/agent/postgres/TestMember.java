package io.pgmahout.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.OwnPort;
import io.pgmahout.agent.ha.DataFacts;
import io.pgmahout.agent.ha.Effect;
import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.GateFacts;
import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.ha.Outcome;
import io.pgmahout.agent.ha.ServerAction;
import io.pgmahout.agent.ha.ServerFacts;
import io.pgmahout.agent.ha.Source;
import io.pgmahout.agent.model.Branch;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.MemberName;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** A real gate and a {@link LocalServer} beside it, for tests; permits are given by hand. */
final class TestMember implements AutoCloseable {

    static final String SUPERUSER_PASSWORD = "super se'cret:1";
    static final String REPLICATION_PASSWORD = "repl\\ic:at'ion secret";
    static final String OWNER_PASSWORD = "owner-secret";

    private static final AtomicLong IDS = new AtomicLong();

    final MemberName name;
    final Path root;
    final Path data;
    final PostgresSettings settings;
    private final boolean mounted;
    LocalServer server;
    private final Process gate;
    private final List<Event> events = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();
    final List<String> fatal = new ArrayList<>();
    final List<Notice> notices = new CopyOnWriteArrayList<>();

    TestMember(Path base, String name) throws IOException {
        this(base, name, base.resolve(name).resolve("data"), false);
    }

    /** With {@code mounted} the data directory is treated as a mount point. */
    TestMember(Path base, String name, Path data, boolean mounted) throws IOException {
        this(base, name, data, mounted, null);
    }

    TestMember(Path base, String name, Path data, boolean mounted, @Nullable Path walDirectory) throws IOException {
        this.mounted = mounted;
        this.name = new MemberName(name);
        this.root = Files.createDirectories(base.resolve(name));
        this.data = data;
        Files.createDirectories(root.resolve("state"));
        Path sql =
                Files.writeString(root.resolve("own.sql"), "CREATE TABLE owned (x int); INSERT INTO owned VALUES (1);");
        this.settings = new PostgresSettings(
                this.name,
                data,
                walDirectory,
                "127.0.0.1",
                OwnPort.next(),
                Files.createDirectories(root.resolve("sockets")),
                new PostgresSettings.Login("postgres", SUPERUSER_PASSWORD),
                new PostgresSettings.Login("replicator", REPLICATION_PASSWORD),
                Map.of("shared_buffers", "16MB", "log_statement", "all", "max_connections", "30", "fsync", "off"),
                List.of("host app app 127.0.0.1/32 scram-sha-256"),
                new PostgresSettings.Bootstrap(
                        "C.UTF-8",
                        "UTF8",
                        true,
                        "app",
                        new PostgresSettings.Login("app", OWNER_PASSWORD),
                        List.of(sql)),
                PostgresSettings.Copying.DEFAULT);
        this.gate = startGate();
        this.server = open();
    }

    LocalServer open() {
        return new LocalServer(
                settings,
                new DataPlaces(data, WalVolume.of(settings), path -> mounted),
                root.resolve("run"),
                root.resolve("state"),
                this::record,
                notices::add,
                fatal::add);
    }

    /** An agent that was killed is started anew, beside the same gate. */
    void restartAgent() {
        server.close();
        server = open();
        gate(g -> true);
    }

    private Process startGate() throws IOException {
        File script = new File(System.getProperty("pgmahout.gate", "../gate/pgmahout-gate")).getAbsoluteFile();
        assertThat(script).as("the gate, by the property pgmahout.gate").exists();
        File log = root.resolve("gate.log").toFile();
        return new ProcessBuilder(
                        "bash",
                        script.getPath(),
                        "--run",
                        root.resolve("run").toString(),
                        "--data",
                        data.toString(),
                        "--bin",
                        programs().toString(),
                        "--fence-hold",
                        "600000")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }

    /** The newest PostgreSQL that is installed. */
    static Path programs() throws IOException {
        try (var versions = Files.newDirectoryStream(Path.of("/usr/lib/postgresql"))) {
            Path newest = null;
            for (Path version : versions) {
                if (newest == null || version.compareTo(newest) > 0) {
                    newest = version;
                }
            }
            return java.util.Objects.requireNonNull(newest, "PostgreSQL is not installed")
                    .resolve("bin");
        }
    }

    private synchronized void record(Event event) {
        events.add(event);
        times.add(System.nanoTime());
        notifyAll();
    }

    Source source() {
        return new Source(name, "127.0.0.1:" + settings.port());
    }

    /** Does it, without waiting. */
    long begin(ServerAction action) {
        long id = IDS.incrementAndGet();
        server.act(id, action);
        return id;
    }

    /** Does it, and returns how it ended. */
    Event.ActionEnded act(ServerAction action) {
        long id = IDS.incrementAndGet();
        server.act(id, action);
        return await(Event.ActionEnded.class, e -> e.id() == id, Duration.ofSeconds(60));
    }

    Event.ActionEnded done(ServerAction action) {
        Event.ActionEnded ended = act(action);
        assertThat(ended.outcome())
                .as("%s: %s", action, ended.outcome() == Outcome.DONE ? "" : ended.detail() + "\n" + lastLog())
                .isEqualTo(Outcome.DONE);
        return ended;
    }

    /** What the gate was last told to say before an action ended. */
    synchronized GateFacts gateBefore(Event.ActionEnded end) {
        return events.subList(0, events.indexOf(end)).reversed().stream()
                .filter(Event.GateReported.class::isInstance)
                .map(event -> ((Event.GateReported) event).gate())
                .findFirst()
                .orElseThrow();
    }

    DataFacts inspect() {
        DataFacts data = done(new ServerAction.Inspect()).data();
        assertThat(data).isNotNull();
        return java.util.Objects.requireNonNull(data);
    }

    /** A clone of {@code of}, decided on what lies here now. */
    ServerAction.Clone clone(TestMember of, String id, List<Branch> branches) {
        return new ServerAction.Clone(of.source(), new DataId(id), branches, inspect());
    }

    Event.Withdrawn withdraw() {
        long id = beginWithdrawal();
        return withdrawn(id);
    }

    long beginWithdrawal() {
        long id = IDS.incrementAndGet();
        server.withdraw(id);
        return id;
    }

    Event.Withdrawn withdrawn(long id) {
        return await(Event.Withdrawn.class, e -> e.id() == id, Duration.ofSeconds(10));
    }

    /** A permit that outlasts the test. */
    long permit() {
        long seq = IDS.incrementAndGet();
        server.setPermit(Uptime.centiseconds() * 10 + 3_000_000, null, seq, true);
        await(Event.GateReported.class, e -> e.gate().seq() >= seq, Duration.ofSeconds(10));
        return seq;
    }

    void keepSlotFor(TestMember other) {
        keepSlots(Map.of(other.name, new Effect.KeepSlots.Slot(null)));
        sqlUntil("SELECT count(*) FROM pg_replication_slots WHERE slot_name = '" + Slots.name(other.name) + "'", "1");
    }

    /** From now on copies are made like this. */
    void copying(PostgresSettings.Copying copying) {
        server.reconfigure(new PostgresSettings(
                settings.member(),
                settings.dataDirectory(),
                settings.walDirectory(),
                settings.listen(),
                settings.port(),
                settings.socketDirectory(),
                settings.superuser(),
                settings.replication(),
                settings.parameters(),
                settings.hbaLines(),
                settings.bootstrap(),
                copying));
    }

    /** Keeps these slots and no others. */
    void keepSlots(Map<MemberName, Effect.KeepSlots.Slot> slots) {
        server.keepSlots(new Effect.KeepSlots(slots, true));
    }

    void sqlUntil(String text, String wanted) {
        Awaitility.await(text).atMost(Duration.ofSeconds(15)).until(() -> sql(text), wanted::equals);
    }

    GateFacts gate(Predicate<GateFacts> wanted) {
        return await(Event.GateReported.class, e -> wanted.test(e.gate()), Duration.ofSeconds(20))
                .gate();
    }

    ServerFacts probed(Predicate<ServerFacts> wanted) {
        int from = mark();
        server.probeNow();
        return awaitFrom(from, Event.Probed.class, e -> wanted.test(e.server()), Duration.ofSeconds(30))
                .server();
    }

    /** As the gate said last. */
    synchronized boolean stopped() {
        return events.reversed().stream()
                        .filter(Event.GateReported.class::isInstance)
                        .map(event -> ((Event.GateReported) event).gate())
                        .findFirst()
                        .orElseThrow()
                        .process()
                == GateFacts.Processes.NONE;
    }

    synchronized int mark() {
        return events.size();
    }

    <E extends Event> E await(Class<E> type, Predicate<E> wanted, Duration limit) {
        return awaitFrom(0, type, wanted, limit);
    }

    <E extends Event> E awaitFrom(int from, Class<E> type, Predicate<E> wanted, Duration limit) {
        int at = indexFrom(from, type, wanted, limit);
        synchronized (this) {
            return type.cast(events.get(at));
        }
    }

    <E extends Event> long timeFrom(int from, Class<E> type, Predicate<E> wanted, Duration limit) {
        int at = indexFrom(from, type, wanted, limit);
        synchronized (this) {
            return times.get(at);
        }
    }

    private <E extends Event> int indexFrom(int from, Class<E> type, Predicate<E> wanted, Duration limit) {
        try {
            return Awaitility.await()
                    .atMost(limit)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> find(from, type, wanted), index -> index >= 0);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    name + ": no such " + type.getSimpleName() + "; last were\n" + lastEvents() + lastLog(), e);
        }
    }

    private synchronized String lastEvents() {
        StringBuilder text = new StringBuilder();
        events.subList(Math.max(0, events.size() - 10), events.size())
                .forEach(e -> text.append(e).append('\n'));
        return text.toString();
    }

    private synchronized <E extends Event> int find(int from, Class<E> type, Predicate<E> wanted) {
        for (int i = from; i < events.size(); i++) {
            if (type.isInstance(events.get(i)) && wanted.test(type.cast(events.get(i)))) {
                return i;
            }
        }
        return -1;
    }

    synchronized long count(int from, Class<? extends Event> type) {
        return events.subList(from, events.size()).stream()
                .filter(type::isInstance)
                .count();
    }

    @Nullable
    String sql(String text) {
        return sql("postgres", text);
    }

    @Nullable
    String sql(String database, String text) {
        try (Connection connection = ServerLink.own(settings, database, "test", 30);
                Statement statement = connection.createStatement()) {
            if (!statement.execute(text)) {
                return null;
            }
            try (ResultSet row = statement.getResultSet()) {
                return row.next() ? row.getString(1) : null;
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    long postmaster() throws IOException {
        return Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).getFirst());
    }

    /** The gate reads no command until it goes on. */
    void holdGate() throws IOException, InterruptedException {
        signalGate("STOP");
    }

    void letGateGo() throws IOException, InterruptedException {
        signalGate("CONT");
    }

    /** STOP or CONT to the gate's own process. */
    void signalGate(String signal) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(gate.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    void noticed(EventCode... codes) {
        Awaitility.await("events " + List.of(codes))
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(notices).extracting(Notice::code).containsExactly(codes));
    }

    void killPostmaster() throws IOException {
        ProcessHandle.of(postmaster()).orElseThrow().destroyForcibly();
    }

    String log() throws IOException {
        String text = Files.readString(root.resolve("gate.log"));
        Path log = root.resolve("run/postgres.log");
        return Files.exists(log) ? text + Files.readString(log) : text;
    }

    private String lastLog() {
        try {
            String text = log();
            return text.substring(Math.max(0, text.length() - 3000));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        server.close();
        // Without a ping the gate stops its server at once, fast; the server log tells if that fails.
        gate.destroy();
        try {
            if (!gate.waitFor(20, TimeUnit.SECONDS)) {
                gate.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
