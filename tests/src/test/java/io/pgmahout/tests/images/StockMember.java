package io.pgmahout.tests.images;

import io.pgmahout.tests.cluster.Installation;
import io.pgmahout.tests.cluster.ServerUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.PostgreSQLContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** A member of two containers: a stock PostgreSQL image whose command is the gate, and the agent's image. */
final class StockMember implements AutoCloseable {

    private static final String GATE = "/run/pgmahout-gate";

    final String name;
    final int port;
    private final int adminPort;
    private final Path directory;
    private final String yaml;
    private final GenericContainer<?> gate;
    private final GenericContainer<?> agent;

    /**
     * Starts nothing.
     *
     * @param directory of the cluster, the same in all containers and here
     */
    StockMember(StockImage image, Path directory, String name, String yaml, int port, int adminPort) {
        this.yaml = yaml;
        this.directory = directory;
        this.name = name;
        this.port = port;
        this.adminPort = adminPort;
        Path own = directory.resolve(name);
        try {
            for (String part : List.of("state", "run", "sock", "volume")) {
                Files.createDirectories(own.resolve(part));
            }
            Files.writeString(own.resolve("pgmahout.yaml"), yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        gate = new Stock(DockerImageName.parse(image.name()).asCompatibleSubstituteFor("postgres"))
                .withNetworkMode("host")
                .withFileSystemBind(directory.toString(), directory.toString(), BindMode.READ_WRITE)
                .withCopyFileToContainer(
                        MountableFile.forHostPath(Installation.readable().gate(), 0755), GATE)
                .withCreateContainerCmdModifier(
                        command -> command.withUser(image.user()).withEntrypoint("bash"))
                .withCommand(
                        GATE, "--run=" + own.resolve("run"), "--data=" + own.resolve("volume/data"), "--server-log=-")
                .waitingFor(Wait.forLogMessage(".*gate: .*", 1).withStartupTimeout(Duration.ofMinutes(1)));
        agent = new GenericContainer<>(DockerImageName.parse("localhost/pgmahout:tests"))
                .withNetworkMode("host")
                .withFileSystemBind(directory.toString(), directory.toString(), BindMode.READ_WRITE)
                .withCreateContainerCmdModifier(command -> command.withUser(image.user()))
                .withCommand("agent", "--config", own.resolve("pgmahout.yaml").toString())
                .waitingFor(Wait.forLogMessage(".*AGENT_STARTED.*", 1).withStartupTimeout(Duration.ofMinutes(1)));
    }

    /** In the machine's network, in which no port is mapped. */
    private final class Stock extends PostgreSQLContainer<Stock> {

        Stock(DockerImageName image) {
            super(image);
            setExposedPorts(List.of());
        }

        @Override
        public String getJdbcUrl() {
            return url();
        }
    }

    /** The same member, on the same directories, with another image. */
    StockMember with(StockImage other) {
        return new StockMember(other, directory, name, yaml, port, adminPort);
    }

    void start() {
        gate.start();
        agent.start();
    }

    /** Both containers are killed at once, as far as one engine can do that. */
    void kill() {
        gate.getDockerClient().killContainerCmd(agent.getContainerId()).exec();
        gate.getDockerClient().killContainerCmd(gate.getContainerId()).exec();
        close();
    }

    /** What a command of the agent's image says. */
    ExecResult pgmahout(String... words) throws IOException, InterruptedException {
        String[] command = new String[words.length + 3];
        command[0] = "/opt/pgmahout/bin/pgmahout";
        System.arraycopy(words, 0, command, 1, words.length);
        command[words.length + 1] = "--admin";
        command[words.length + 2] = "127.0.0.1:" + adminPort;
        return agent.execInContainer(command);
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres&password=" + StockCluster.PASSWORD
                + "&loginTimeout=2&socketTimeout=5";
    }

    /** What its containers have said, for messages. */
    String logs() {
        return name + ": " + gate.getLogs() + agent.getLogs();
    }

    @Override
    public void close() {
        agent.stop();
        gate.stop();
    }

    /** Gives what this process made to the image's user. */
    static void own(Path directory, StockImage image) {
        ServerUser.run(List.of("chown", "-R", image.user(), directory.toString()));
    }
}
