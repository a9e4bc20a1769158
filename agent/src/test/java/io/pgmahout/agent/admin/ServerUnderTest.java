package io.pgmahout.agent.admin;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.pgmahout.agent.model.MemberName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** An admin server on a free port of loopback over a fake agent, and ways to ask it. */
public final class ServerUnderTest implements AutoCloseable {

    public static final AdminOptions.Limits QUICK =
            new AdminOptions.Limits(1_024, 2_048, 8, 400, 1_500, 300, 2_000, 50);

    public final FakeOperations operations;
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final AdminServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    public ServerUnderTest(FakeOperations operations, AdminOptions options) throws IOException {
        this.operations = operations;
        this.server = AdminServer.start(group, options, operations);
    }

    public static ServerUnderTest of(MemberName member) throws IOException {
        return of(member, Optional.empty(), QUICK);
    }

    public static ServerUnderTest of(MemberName member, Optional<String> token, AdminOptions.Limits limits)
            throws IOException {
        return new ServerUnderTest(
                new FakeOperations(member),
                new AdminOptions(member, anyPort(), () -> token, Optional.empty(), Optional.empty(), limits));
    }

    public static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    public String address() {
        return "127.0.0.1:" + server.address().getPort();
    }

    HttpResponse<String> get(String path, String... headers) throws Exception {
        return send("GET", path, "", headers);
    }

    HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        return send("POST", path, body, headers);
    }

    HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + address() + path))
                .timeout(Duration.ofSeconds(10))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    static JsonObject json(HttpResponse<String> answer) {
        return JsonParser.parseString(answer.body()).getAsJsonObject();
    }

    /** The type of a problem, its last part. */
    static String problem(HttpResponse<String> answer) {
        String type = json(answer).get("type").getAsString();
        return type.substring(type.lastIndexOf(':') + 1);
    }

    /** Sends the text as it is and reads to the end of the connection. */
    String raw(String text) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    Socket connect() throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    @Override
    public void close() {
        server.close();
        client.shutdownNow();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
