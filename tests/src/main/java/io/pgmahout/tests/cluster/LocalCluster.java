package io.pgmahout.tests.cluster;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Members on this machine on free ports, with the cluster record in a file store, under temporary directories of
 * {@link ServerUser}. Whatever ends this process, also by SIGKILL, ends them; {@link #close()} leaves nothing behind.
 */
public final class LocalCluster implements Leftover {

    private static final Path MEMORY = Path.of("/dev/shm");
    private static final Duration FAST_STOP = Duration.ofSeconds(5);

    private final ClusterOptions options;
    private final Installation programs;
    private final Path directory;
    private final Optional<Authority> authority;
    private final Secrets secrets;
    private final Path runDirectory;
    private final List<LocalMember> members = new CopyOnWriteArrayList<>();
    private int made;
    private volatile boolean keep;
    private volatile boolean closed;

    /** Makes the directories; nothing is started. */
    public static LocalCluster create(ClusterOptions options) {
        Installation programs = Installation.readable();
        LocalCluster cluster = new LocalCluster(options, programs);
        Leftovers.opened(cluster);
        for (int i = 0; i < options.members(); i++) {
            cluster.addMember();
        }
        return cluster;
    }

    private LocalCluster(ClusterOptions options, Installation programs) {
        this.options = options;
        this.programs = programs;
        directory = ServerUser.newDirectory("pgmahout-");
        // As in production, where it is below /run: what a gate says does not wait for a disk that servers keep busy.
        runDirectory = ServerUser.newDirectory(Files.isWritable(MEMORY) ? MEMORY : directory, "pgmahout-run-");
        try {
            Files.createDirectories(directory.resolve("store"));
            secrets = Secrets.create(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ServerUser.own(directory);
        authority = options.tls()
                ? Optional.of(Authority.create(directory.resolve("certificates"), options.name(), programs))
                : Optional.empty();
    }

    /** One more member, not started. Those that run learn of it as a peer when they start again, or it tells them. */
    public synchronized LocalMember addMember() {
        int number = ++made;
        LocalMember member = new LocalMember(this, "n" + number, options.place().apply(number));
        ServerUser.own(member.directory());
        ServerUser.own(member.run());
        members.add(member);
        return member;
    }

    /** Ends what runs of a member and forgets it; the others still have what they know of it. */
    public void removeMember(LocalMember member) {
        member.killAgent();
        member.killGate();
        Waiting.until("the end of the server of " + member, Duration.ofSeconds(20), () -> {
            member.signalServer("KILL");
            return member.serverProcesses().isEmpty();
        });
        members.remove(member);
        ServerUser.deleteTree(member.run());
        ServerUser.deleteTree(member.directory());
    }

    /** Starts every member's gate and agent. */
    public void start() {
        members.forEach(LocalMember::start);
    }

    public List<LocalMember> members() {
        return List.copyOf(members);
    }

    public LocalMember member(String name) {
        return members.stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ClusterException("no member " + name));
    }

    public List<LocalMember> membersBut(LocalMember one) {
        return members.stream().filter(member -> member != one).toList();
    }

    public Path directory() {
        return directory;
    }

    /** Where the members' run directories are. */
    Path runDirectory() {
        return runDirectory;
    }

    /** A password file for libpq that fits every member. */
    public Path passwordFile() {
        return secrets.clientPasswordFile();
    }

    /** The file with the token of the admin ports, whether they want it or not. */
    public Path tokenFile() {
        return secrets.tokenFile();
    }

    /** The file with the password of the superuser and of replication, for the agents. */
    Path passwordFileOfServers() {
        return secrets.passwordFile();
    }

    String token() {
        return secrets.token();
    }

    /** Everything that must be read nowhere but in files of its own. */
    public List<String> secrets() {
        return List.of(secrets.password(), secrets.token());
    }

    public Path record() {
        return directory.resolve("store/record.json");
    }

    Optional<Authority> authority() {
        return authority;
    }

    ClusterOptions options() {
        return options;
    }

    Installation programs() {
        return programs;
    }

    /** One of PostgreSQL's programs. */
    public Path programs(String name) {
        return programs.postgres().resolve(name);
    }

    /** What the server's program says of itself. */
    public String postgresVersion() {
        return ServerUser.run(List.of(programs("postgres").toString(), "--version"))
                .strip();
    }

    /** The configuration of a member as YAML: defaults for this machine, the cluster's settings, the member's. */
    String configuration(LocalMember member) {
        return MemberConfiguration.yaml(this, member);
    }

    String jdbcOptions() {
        return ConnectionStrings.jdbcOptions(secrets.password());
    }

    /** A URL of all members that leads to the one that can be written to. */
    public String jdbcUrl(String database) {
        return ConnectionStrings.jdbcUrl(this, database);
    }

    /** A psql command that leads to the one that can be written to. */
    public String psql(String database) {
        return ConnectionStrings.psql(this, database);
    }

    // Look

    /** The record as the store holds it now; empty when there is none. */
    public Optional<JsonObject> storedRecord() {
        try {
            return Optional.of(JsonParser.parseString(Files.readString(record()))
                    .getAsJsonObject()
                    .getAsJsonObject("record"));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code GET /status} of the first agent that answers. */
    public Optional<JsonObject> status() {
        return members.stream()
                .filter(LocalMember::agentRuns)
                .map(member -> member.admin().status())
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** The member that its own server says can be written to; empty when there is none, or more than one. */
    public Optional<LocalMember> primary() {
        List<LocalMember> writable = writable();
        return writable.size() == 1 ? Optional.of(writable.getFirst()) : Optional.empty();
    }

    /** Every member whose server takes connections and is not in recovery. */
    public List<LocalMember> writable() {
        return members.stream().filter(LocalCluster::isWritable).toList();
    }

    private static boolean isWritable(LocalMember member) {
        if (member.postmaster().isEmpty()) {
            return false;
        }
        try {
            return member.query("SELECT pg_is_in_recovery()").equals("f");
        } catch (SQLException notNow) {
            return false;
        }
    }

    /** Waits until one primary is writable, and returns it. */
    public LocalMember awaitPrimary(Duration limit) {
        Waiting.until("one writable member", limit, () -> primary().isPresent(), this::summary);
        return primary().orElseThrow(() -> new ClusterException("the primary went at once; " + summary()));
    }

    /**
     * Waits until the cluster is whole: one writable member, which the record names as holder, every other member whose
     * agent runs a voter that streams from it on its timeline, and the primary's own agent finds nothing wrong.
     */
    public LocalMember awaitWhole(Duration limit) {
        Waiting.until("a whole cluster", limit, this::isWhole, this::summary);
        return awaitPrimary(limit);
    }

    /** See {@link #awaitWhole}. */
    public boolean isWhole() {
        return Wholeness.of(this);
    }

    /** A field as text; empty when it is not there or null. */
    public static String text(JsonObject json, String key) {
        JsonElement value = json.get(key);
        return value == null || value.isJsonNull() ? "" : value.getAsString();
    }

    /** What the agents say, in a line each, for messages. */
    public String summary() {
        return Summary.of(this);
    }

    // End

    /** Leaves the directory where it is when this is closed, with the servers stopped cleanly if they do so in time. */
    public void keepData() {
        keep = true;
    }

    /** Whether its end has begun. */
    public boolean isClosed() {
        return closed;
    }

    /** Ends every process and deletes the directory. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        members.forEach(LocalMember::killAgent);
        stopServers();
        members.forEach(LocalMember::killGate);
        Waiting.until("the end of every server", Duration.ofSeconds(20), () -> {
            members.forEach(member -> member.signalServer("KILL"));
            return members.stream().allMatch(member -> member.serverProcesses().isEmpty());
        });
        ServerUser.deleteTree(runDirectory);
        if (!keep) {
            ServerUser.deleteTree(directory);
        }
        Leftovers.closed(this);
    }

    /** A server that is killed would leave its shared memory behind, which nobody but its next start removes. */
    private void stopServers() {
        for (LocalMember member : members) {
            member.postmaster().ifPresent(pid -> Processes.signal(keep ? "INT" : "QUIT", List.of(pid)));
            if (!keep) {
                member.signalServer("CONT");
            }
        }
        try {
            Waiting.until(
                    "the end of every server by itself",
                    FAST_STOP,
                    () -> members.stream()
                            .allMatch(member -> member.serverProcesses().isEmpty()));
        } catch (ClusterException killedThen) {
            // Its gate froze it for want of a permit, or it is busy: data directories survive a kill.
        }
    }
}
