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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One member on this machine: its gate, its agent and, through the gate, its server. Under {@link #directory()} lie
 * {@code conf.yaml}, {@code data}, {@code state}, {@code sock}, {@code agent.log} and {@code gate.log}; {@link #run()}
 * is elsewhere.
 */
public final class LocalMember {

    private final LocalCluster cluster;
    private final String name;
    private final Path directory;
    private final ClusterOptions.Place place;
    private final MemberAddresses addresses;
    private final Map<String, String> settings = new TreeMap<>();
    private final Map<String, String> parameters = new TreeMap<>();
    private final MemberCommands commands;
    private final MemberProcess gate;
    private final MemberProcess agent;
    private final WalInflow inflow = new WalInflow(this);

    LocalMember(LocalCluster cluster, String name, ClusterOptions.Place place) {
        this.cluster = cluster;
        this.name = name;
        this.place = place;
        commands = new MemberCommands(cluster, place);
        addresses = new MemberAddresses(place);
        directory = cluster.directory().resolve(name);
        gate = new MemberProcess(name, "gate");
        agent = new MemberProcess(name, "agent");
        try {
            for (Path part : List.of(directory.resolve("state"), directory.resolve("sock"), wal(), run())) {
                Files.createDirectories(part);
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

    /** The run directory of its gate. */
    public Path run() {
        return cluster.runDirectory().resolve(name);
    }

    public Path data() {
        return directory.resolve("data");
    }

    /** What passes for its WAL volume, used or not. */
    public Path wal() {
        return directory.resolve("wal");
    }

    /** The address at which this process reaches it. */
    public String host() {
        return place.clientHost();
    }

    public int port() {
        return addresses.postgresPort();
    }

    public String gossipAddress() {
        return addresses.gossip();
    }

    public String adminAddress() {
        return addresses.admin();
    }

    public AdminPort admin() {
        return cluster.authority()
                .map(authority -> authority.admin(adminAddress()))
                .orElseGet(() -> new AdminPort(
                        adminAddress(), cluster.options().token() ? Optional.of(cluster.token()) : Optional.empty()));
    }

    /** The admin port for somebody who has no token. */
    public AdminPort strangersAdmin() {
        return new AdminPort(adminAddress(), Optional.empty());
    }

    /** Gives the server another port, from the agent's next start on. */
    public void movePort() {
        addresses.movePostgres();
    }

    /** Where it listens, and where the others reach it, as keys of its configuration. */
    Map<String, String> addresses() {
        return addresses.settings();
    }

    /** Settings of this member alone, over those of the cluster; they count from the agent's next start or reload. */
    public Map<String, String> settings() {
        return settings;
    }

    /** Settings of this member's PostgreSQL alone, over those of the cluster, likewise. */
    public Map<String, String> parameters() {
        return parameters;
    }

    // Start

    /** Starts gate and agent. */
    public void start() {
        startGate();
        startAgent();
    }

    public synchronized void startGate() {
        gate.mustNotRun();
        List<String> command = commands.gate(this, run());
        gate.start(ServerUser.detached("TERM", place.prefix(), command), directory.resolve("gate.log"));
    }

    /** Starts another gate of this data directory, with a run directory of its own, which has to end by itself. */
    public Attempt anotherGate(Duration limit) {
        return Attempt.of(ServerUser.command(commands.gate(this, directory.resolve("run2"))), limit);
    }

    /** Starts another agent with this member's configuration, which has to end by itself. */
    public Attempt anotherAgent(Duration limit) {
        return Attempt.of(ServerUser.command(commands.agent(this, List.of())), limit);
    }

    public void startAgent() {
        startAgent(List.of());
    }

    synchronized void startAgent(List<String> jvmOptions) {
        agent.mustNotRun();
        writeConfiguration();
        List<String> command = commands.agent(this, jvmOptions);
        agent.start(ServerUser.detached("KILL", place.prefix(), command), directory.resolve("agent.log"));
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
        agent.end("TERM");
    }

    /** SIGTERM to the gate: a hand-over if an agent lives, and the server's clean end; waits for it. */
    public void stopGate() {
        gate.end("TERM");
    }

    /** The clean stop of a member: its gate first, while the agent can still hand over, then the agent. */
    public void stop() {
        stopGate();
        stopAgent();
    }

    public void killAgent() {
        agent.end("KILL");
    }

    /** Kills the gate; its guard kills the server. */
    public void killGate() {
        gate.end("KILL");
    }

    /** SIGKILL to the postmaster alone. */
    public void killPostmaster() {
        Processes.signal(
                "KILL", List.of(postmaster().orElseThrow(() -> new ClusterException(name + " has no server"))));
    }

    /** SIGKILL to agent, gate and every process of the server in one go: the machine is gone. */
    public void loseNode() {
        // Stopped first, so that none that is just being forked is overlooked.
        List<Long> pids = new ArrayList<>();
        List<Long> more = everyProcess();
        while (!more.isEmpty()) {
            Processes.signal("STOP", more);
            pids.addAll(more);
            more = new ArrayList<>(everyProcess());
            more.removeAll(pids);
        }
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

    /** The processes of one of PostgreSQL's programs that the gate runs as its job. */
    public List<Long> jobProcesses(String program) {
        return gate.descendants(program);
    }

    /** The standby receives no more WAL: whatever it is told to follow, a setting of its own goes before. */
    public void cutWal() throws SQLException {
        inflow.cut();
    }

    /** The standby receives WAL again, from whom its agent says. */
    public void mendWal() throws SQLException {
        inflow.mend();
    }

    /** Whether {@link #cutWal} was called last, and not {@link #mendWal}. */
    public boolean isCutOff() {
        return inflow.isCut();
    }

    /** Deletes the data directory; nothing of this member may run. */
    public void wipeData() {
        gate.mustNotRun();
        ServerUser.deleteTree(data());
    }

    /** The data directory goes away under whatever works in it. */
    public void loseVolume() {
        lose(data());
    }

    /** What {@link #loseVolume} took away is there again. */
    public void bringVolume() {
        bring(data());
    }

    /** The WAL volume goes away under whatever works in it. */
    public void loseWalVolume() {
        lose(wal());
    }

    /** What {@link #loseWalVolume} took away is there again. */
    public void bringWalVolume() {
        bring(wal());
    }

    private void lose(Path volume) {
        Path lost = lost(volume);
        ServerUser.deleteTree(lost);
        move(volume, lost);
    }

    private void bring(Path volume) {
        move(lost(volume), volume);
    }

    private static Path lost(Path volume) {
        return volume.resolveSibling("lost-" + volume.getFileName());
    }

    private void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(from + " of " + this + " stays", e);
        }
    }

    private List<Long> everyProcess() {
        List<Long> pids = new ArrayList<>(agent.withDescendants());
        pids.addAll(gate.withDescendants());
        serverProcesses().stream().filter(pid -> !pids.contains(pid)).forEach(pids::add);
        return pids;
    }

    // Look

    public boolean agentRuns() {
        return agent.runs();
    }

    public boolean gateRuns() {
        return gate.runs();
    }

    public long agentPid() {
        return agent.pid();
    }

    public long gatePid() {
        return gate.pid();
    }

    /** The pid in the server's lock file, if that process lives. */
    public Optional<Long> postmaster() {
        try {
            List<String> lines = Files.readAllLines(data().resolve("postmaster.pid"));
            if (lines.isEmpty()) {
                // It is being written.
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
        return text(run().resolve("postgres.log"));
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
        return "jdbc:postgresql://%s:%d/%s?%s".formatted(host(), port(), database, cluster.jdbcOptions());
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

    @Override
    public String toString() {
        return name;
    }
}
