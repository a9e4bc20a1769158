package io.pgmahout.agent.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pgmahout.agent.ha.MemberReport.Role;
import io.pgmahout.agent.ha.MemberReport.ServerState;
import io.pgmahout.fuzz.Target;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What comes in on one connection of the admin port. */
public final class AdminTarget implements Target {

    private static final String TOKEN = "fuzz-token";
    private static final String HEAD = " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + TOKEN + "\r\n";
    private static final int MANY_AT_ONCE = 16;
    private static final InetSocketAddress CLIENT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
    private static final Pattern STATUS = Pattern.compile("^HTTP/1\\.1 (\\d{3}) ");
    private static final AdminOptions OPTIONS = new AdminOptions(
            FakeOperations.M1,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            () -> Optional.of(TOKEN),
            Optional.empty(),
            Optional.empty(),
            AdminOptions.Limits.DEFAULT);

    private final Forwarding forwarding = new Forwarding(OPTIONS);

    private static final class Client extends EmbeddedChannel {
        Client(Connections connections) {
            super(connections);
        }

        @Override
        protected SocketAddress remoteAddress0() {
            return CLIENT;
        }
    }

    @Override
    public String name() {
        return "admin";
    }

    @Override
    public String promise() {
        return "Requests are answered as HTTP, never by a failure of the agent, and without the token nothing is done and nothing"
                + " told but health.";
    }

    @Override
    public List<byte[]> seeds() {
        List<String> reads =
                List.of("/status", "/members", "/explain?member=m2", "/history", "/config", "/actions/m1.1");
        Stream<String> checks = Stream.of("/primary", "/replica?lag=16MB", "/read-only?lag=1", "/health", "/liveness")
                .map(path -> "OPTIONS " + path + " HTTP/1.0\r\n\r\n");
        Stream<String> posts = Stream.of(
                        "/switchover {\"to\":\"m2\",\"waitMs\":1}",
                        "/failover {\"to\":\"m2\",\"allowDataLoss\":true}",
                        "/pause {}",
                        "/resume {}",
                        "/restart {\"member\":\"m1\"}",
                        "/reinit {\"member\":\"m2\",\"force\":true}",
                        "/reload {}",
                        "/retire {}")
                .map(post -> post(post.split(" ", 2)[0], post.split(" ", 2)[1]));
        return Stream.of(reads.stream().map(path -> "GET " + path + HEAD + "\r\n"), checks, posts)
                .flatMap(all -> all)
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1))
                .toList();
    }

    private static String post(String path, String body) {
        return "POST " + path + HEAD + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                + body;
    }

    @Override
    public List<String> words() {
        return List.of(
                "Transfer-Encoding: chunked\r\n",
                "Content-Length: 5\r\n",
                "Expect: 100-continue\r\n",
                "Connection: close\r\n",
                "Upgrade: h2c\r\n",
                "Host: x\r\n",
                "Authorization: ",
                "HEAD ",
                "PUT ",
                "\r\n\r\n",
                "%00",
                "%ff",
                "..",
                "?lag=99999999999TB",
                "&",
                "m1",
                "\"waitMs\":",
                "http://localhost/");
    }

    @Override
    public void read(byte[] input) {
        FakeOperations operations = new FakeOperations(FakeOperations.M1);
        // Nothing is passed on to others: there is nobody.
        operations.change(FakeOperations.M2, Role.STANDBY, ServerState.RUNNING, "");
        operations.change(FakeOperations.M3, Role.STANDBY, ServerState.RUNNING, "");
        Actions actions = new Actions(FakeOperations.M1, InstantSource.fixed(Instant.EPOCH), () -> 0);
        Commands commands = new Commands(OPTIONS, operations, actions, forwarding);
        Routes routes = new Routes(OPTIONS, operations, commands, new LagClock(), () -> 0);
        Client client = new Client(
                new Connections(AdminOptions.Limits.DEFAULT, routes, Optional.empty(), (address, closed) -> {}));
        client.writeInbound(Unpooled.wrappedBuffer(input));
        client.runPendingTasks();
        List<String> answers = answers(client);
        String text = new String(input, StandardCharsets.ISO_8859_1);
        int tokens = text.split(TOKEN, -1).length - 1;
        assertThat(operations.submitted).hasSizeLessThanOrEqualTo(tokens);
        for (String answer : answers) {
            assertThat(answer).doesNotStartWith("HTTP/1.1 500 ");
            if (tokens == 0) {
                assertThat(answer).doesNotContain("gate-m1").doesNotContain("voter-m1");
            }
        }
        boolean manyAtOnce = text.split("HTTP/1\\.", -1).length > MANY_AT_ONCE;
        if (!client.isOpen() && !manyAtOnce) {
            assertThat(answers).as("answers before the end").isNotEmpty();
        }
        client.finishAndReleaseAll();
    }

    /** What was written, each answer beginning with its status. */
    private static List<String> answers(EmbeddedChannel client) {
        List<String> answers = new ArrayList<>();
        for (Object next = client.readOutbound(); next != null; next = client.readOutbound()) {
            assertThat(next).isInstanceOf(ByteBuf.class);
            ByteBuf bytes = (ByteBuf) next;
            String text = bytes.toString(StandardCharsets.UTF_8);
            bytes.release();
            if (STATUS.matcher(text).find()) {
                answers.add(text);
            } else {
                assertThat(answers).as("nothing comes before a status").isNotEmpty();
                answers.set(answers.size() - 1, answers.getLast() + text);
            }
        }
        return answers;
    }

    @Override
    public void close() {
        forwarding.close();
    }
}
