package io.pgmahout.agent.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Stands between a store, which speaks plain HTTP to it, and the API server, and breaks what a test wants broken:
 * requests whose "METHOD path?query" contains a text.
 */
public final class KubernetesProxy implements AutoCloseable {

    /** What happens to a request. */
    public sealed interface Fault {}

    /** Nothing. */
    public record None() implements Fault {}

    /** The connection ends; where the server has carried the request out, before its answer is passed on. */
    public record Cut(boolean applied) implements Fault {}

    /** No answer comes while the fault lasts, and then the connection ends. */
    public record Hang(boolean applied) implements Fault {}

    /** The request takes this long to get to the server. */
    public record Late(Duration by) implements Fault {}

    /** This is the answer, whatever the server said, if it was asked at all. */
    public record Answer(boolean applied, int status, String retryAfter, String body) implements Fault {}

    /** Every object that the server sends, as a line or as a whole, is changed so. */
    public record Changed(UnaryOperator<String> object) implements Fault {}

    private record Rule(String matching, Fault fault, CountDownLatch over) {}

    private final KubernetesServer server;
    private final HttpServer listener;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private volatile Rule rule = new Rule("", new None(), new CountDownLatch(1));

    public KubernetesProxy(KubernetesServer server) throws IOException {
        this.server = server;
        listener = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        listener.setExecutor(threads);
        listener.createContext("/", this::handle);
        listener.start();
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + listener.getAddress().getPort());
    }

    /** From now on; what hangs because of the last fault ends. */
    public void fault(String matching, Fault fault) {
        Rule last = rule;
        rule = new Rule(matching, fault, new CountDownLatch(1));
        last.over().countDown();
    }

    public void heal() {
        fault("", new None());
    }

    /** How many requests came whose "METHOD path?query" contains the text. */
    public long requests(String matching) {
        return requests.stream().filter(request -> request.contains(matching)).count();
    }

    /** The body of the last request that had one. */
    public String lastBody() {
        return bodies.getLast();
    }

    @Override
    public void close() {
        heal();
        listener.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        byte[] body = exchange.getRequestBody().readAllBytes();
        Rule now = rule;
        Fault fault = line.contains(now.matching()) ? now.fault() : new None();
        requests.add(line);
        if (body.length > 0) {
            bodies.add(new String(body, StandardCharsets.UTF_8));
        }
        try (exchange) {
            switch (fault) {
                case None none -> pass(exchange, body, text -> text);
                case Changed changed -> pass(exchange, body, changed.object());
                case Late late -> {
                    now.over().await(late.by().toMillis(), TimeUnit.MILLISECONDS);
                    pass(exchange, body, text -> text);
                }
                case Cut cut -> ask(exchange, body, cut.applied());
                case Hang hang -> {
                    ask(exchange, body, hang.applied());
                    now.over().await();
                }
                case Answer answer -> {
                    ask(exchange, body, answer.applied());
                    answer(exchange, answer);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(HttpExchange exchange, Answer answer) throws IOException {
        byte[] text = answer.body().getBytes(StandardCharsets.UTF_8);
        if (!answer.retryAfter().isEmpty()) {
            exchange.getResponseHeaders().add("Retry-After", answer.retryAfter());
        }
        exchange.sendResponseHeaders(answer.status(), text.length);
        exchange.getResponseBody().write(text);
    }

    private void ask(HttpExchange exchange, byte[] body, boolean really) throws IOException, InterruptedException {
        if (really) {
            server.http().send(request(exchange, body), HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    /** Line by line, since a watch sends an event in each and goes on for minutes. */
    private void pass(HttpExchange exchange, byte[] body, UnaryOperator<String> change)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> answer =
                server.http().send(request(exchange, body), HttpResponse.BodyHandlers.ofInputStream());
        answer.headers()
                .firstValue("Content-Type")
                .ifPresent(type -> exchange.getResponseHeaders().add("Content-Type", type));
        exchange.sendResponseHeaders(answer.statusCode(), 0);
        try (InputStream in = answer.body();
                OutputStream out = exchange.getResponseBody()) {
            StringBuilder line = new StringBuilder();
            out.flush();
            for (int next = in.read(); next >= 0; next = in.read()) {
                line.append((char) next);
                if (next == '\n') {
                    relay(exchange, out, change, line);
                }
            }
            relay(exchange, out, change, line);
        }
    }

    /** Nothing more comes through a stream that a fault has befallen since. */
    private void relay(HttpExchange exchange, OutputStream out, UnaryOperator<String> change, StringBuilder line)
            throws IOException, InterruptedException {
        if (line.isEmpty()) {
            return;
        }
        Rule now = rule;
        boolean concerned = (exchange.getRequestMethod() + " " + exchange.getRequestURI()).contains(now.matching());
        if (concerned && now.fault() instanceof Hang) {
            now.over().await();
        } else if (concerned && now.fault() instanceof Cut) {
            throw new IOException("cut");
        }
        out.write(change.apply(line.toString()).getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        line.setLength(0);
    }

    private HttpRequest request(HttpExchange exchange, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        server.endpoint().resolve(exchange.getRequestURI().toString()))
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
        for (Map.Entry<String, List<String>> header :
                exchange.getRequestHeaders().entrySet()) {
            if (List.of("Authorization", "Content-type", "Accept").contains(header.getKey())) {
                header.getValue().forEach(value -> request.header(header.getKey(), value));
            }
        }
        return request.build();
    }
}
