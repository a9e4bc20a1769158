package io.pgmahout.tests.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One member on this machine: its gate, its agent and, through the gate, its server. Under {@link #directory()} lie
 * {@code conf.yaml}, {@code data}, {@code state}, {@code run}, {@code sock}, {@code agent.log} and {@code gate.log}.
 */
public final class LocalMember {

    private static final Duration END = Duration.ofSeconds(40);

    private final LocalCluster cluster;
    private final String name;
    private final Path directory;
    private final ClusterOptions.Place place;
    private final int gossipPort = Ports.free();
    private final int adminPort = Ports.free();
    private final int postgresPort = Ports.free();
    private final Map<String, String> settings = new TreeMap<>();
    private @Nullable Process gate;
    private @Nullable Process agent;

    LocalMember(LocalCluster cluster, String name, ClusterOptions.Place place) {
        this.cluster = cluster;
        this.name = name;
        this.place = place;
        this.directory = cluster.directory().resolve(name);
        try {
            for (String part : List.of("state", "run", "sock")) {
                Files.createDirectories(directory.resolve(part));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cluster.authority().ifPresent(authority -> authority.issue(name, place.host(), place.clientHost()));
    }

    public String name() {
        return name;
    }

    public Path directory() {
        return directory;
    }

    public Path data() {
        return directory.resolve("data");
    }

    /** The address at which this process reaches it. */
    public String host() {
        return place.clientHost();
    }

    public int port() {
        return postgresPort;
    }

    public String gossipAddress() {
        return place.host() + ":" + gossipPort;
    }

    public String adminAddress() {
        return place.clientHost() + ":" + adminPort;
    }

    public AdminPort admin() {
        return cluster.authority()
                .map(authority -> authority.admin(adminAddress()))
                .orElseGet(() -> new AdminPort(adminAddress()));
    }

    /** Where it listens, and where the others reach it, as keys of its configuration. */
    Map<String, String> addresses() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("gossip.listen", gossipAddress());
        keys.put("admin.listen", place.listen() + ":" + adminPort);
        keys.put("postgres.listen", place.listen() + ":" + postgresPort);
        if (!place.listen().equals(place.host())) {
            keys.put("admin.advertise", place.host() + ":" + adminPort);
            keys.put("postgres.advertise", place.host() + ":" + postgresPort);
        }
        return keys;
    }

    /** Settings of this member alone, over those of the cluster; they count from the agent's next start or reload. */
    public Map<String, String> settings() {
        return settings;
    }

    // Start

    /** Starts gate and agent. */
    public void start() {
        startGate();
        startAgent();
    }

    public synchronized void startGate() {
        require(!runs(gate), "the gate runs");
        Installation programs = cluster.programs();
        List<String> command = new ArrayList<>(List.of("bash", programs.gate().toString()));
        command.addAll(List.of("--run", directory.resolve("run").toString()));
        command.addAll(List.of("--data", data().toString()));
        command.addAll(List.of("--bin", programs.postgres().toString()));
        gate = Spawner.start(ServerUser.detached("TERM", place.prefix(), command), directory.resolve("gate.log"));
    }

    public void startAgent() {
        startAgent(List.of());
    }

    synchronized void startAgent(List<String> jvmOptions) {
        require(!runs(agent), "the agent runs");
        writeConfiguration();
        List<String> options = new ArrayList<>(cluster.options().jvmOptions());
        options.addAll(jvmOptions);
        List<String> command = cluster.programs().agent(options);
        command.addAll(List.of("agent", "--config", configuration().toString()));
        agent = Spawner.start(ServerUser.detached("KILL", place.prefix(), command), directory.resolve("agent.log"));
    }

    public Path configuration() {
        return directory.resolve("conf.yaml");
    }

    /** Writes the configuration as it is now; {@code POST /reload} makes a running agent read it. */
    public void writeConfiguration() {
        try {
            Files.writeString(configuration(), cluster.configuration(this));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ServerUser.own(configuration());
    }

    // Stop, kill, freeze

    /** SIGTERM to the agent, as an upgrade does it; waits for its end. The server lives on. */
    public void stopAgent() {
        end(agent, "TERM");
    }

    /** SIGTERM to the gate: a hand-over if an agent lives, and the server's clean end; waits for it. */
    public void stopGate() {
        end(gate, "TERM");
    }

    /** The clean stop of a member: its gate first, while the agent can still hand over, then the agent. */
    public void stop() {
        stopGate();
        stopAgent();
    }

    public void killAgent() {
        end(agent, "KILL");
    }

    /** Kills the gate; its guard kills the server. */
    public void killGate() {
        end(gate, "KILL");
    }

    /** SIGKILL to the postmaster alone. */
    public void killPostmaster() {
        Processes.signal(
                "KILL", List.of(postmaster().orElseThrow(() -> new ClusterException(name + " has no server"))));
    }

    /** SIGKILL to agent, gate and every process of the server in one go: the machine is gone. */
    public void loseNode() {
        List<Long> pids = everyProcess();
        Processes.signal("KILL", pids);
        killAgent();
        killGate();
        Processes.signal("KILL", serverProcesses());
    }

    public void signalAgent(String signal) {
        Processes.signal(signal, List.of(agentPid()));
    }

    public void signalGate(String signal) {
        Processes.signal(signal, List.of(gatePid()));
    }

    public void signalServer(String signal) {
        Processes.signal(signal, serverProcesses());
    }

    /** Agent, gate (with its own processes) and server, in one go. */
    public void signalAll(String signal) {
        Processes.signal(signal, everyProcess());
    }

    /** Deletes the data directory; nothing of this member may run. */
    public void wipeData() {
        require(!runs(gate), "the gate runs");
        ServerUser.deleteTree(data());
    }

    private List<Long> everyProcess() {
        List<Long> pids = new ArrayList<>();
        for (Process process : new Process[] {agent, gate}) {
            if (runs(process)) {
                pids.add(process.pid());
                process.descendants().map(ProcessHandle::pid).forEach(pids::add);
            }
        }
        serverProcesses().stream().filter(pid -> !pids.contains(pid)).forEach(pids::add);
        return pids;
    }

    private void end(@Nullable Process process, String signal) {
        if (process == null || !process.isAlive()) {
            return;
        }
        Processes.signal(signal, List.of(process.pid()));
        try {
            if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
                throw new ClusterException("%s: pid %d did not end".formatted(name, process.pid()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted", e);
        }
    }

    // Look

    public boolean agentRuns() {
        return runs(agent);
    }

    public boolean gateRuns() {
        return runs(gate);
    }

    public long agentPid() {
        return living(agent, "agent").pid();
    }

    public long gatePid() {
        return living(gate, "gate").pid();
    }

    /** The pid in the server's lock file, if that process lives. */
    public Optional<Long> postmaster() {
        try {
            List<String> lines = Files.readAllLines(data().resolve("postmaster.pid"));
            if (lines.isEmpty()) {
                // Made, and not written yet.
                return Optional.empty();
            }
            long pid = Long.parseLong(lines.getFirst().strip());
            return serverProcesses().contains(pid) ? Optional.of(pid) : Optional.empty();
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public List<Long> serverProcesses() {
        return Processes.workingIn(data());
    }

    public String agentLog() {
        return text(directory.resolve("agent.log"));
    }

    public String gateLog() {
        return text(directory.resolve("gate.log"));
    }

    public String serverLog() {
        return text(directory.resolve("run/postgres.log"));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException none) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // SQL

    /** A URL of this member's server for the superuser; time-outs of a few seconds. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://%s:%d/%s?%s".formatted(host(), postgresPort, database, cluster.jdbcOptions());
    }

    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database));
    }

    /** Runs a statement on a connection of its own in database postgres; the first column of the first row as text. */
    public String query(String sql) throws SQLException {
        return query("postgres", sql);
    }

    public String query(String database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            try (ResultSet rows = statement.getResultSet()) {
                return rows.next() ? String.valueOf(rows.getString(1)) : "";
            }
        }
    }

    private static boolean runs(@Nullable Process process) {
        return process != null && process.isAlive();
    }

    private Process living(@Nullable Process process, String what) {
        if (process == null || !process.isAlive()) {
            throw new ClusterException("%s: the %s does not run".formatted(name, what));
        }
        return process;
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new ClusterException(name + ": " + otherwise);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
