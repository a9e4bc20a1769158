package io.pgmahout.agent.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.model.EventCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What arrives as bytes: too large, too slow, too many, not HTTP. */
final class WireTest {

    @SuppressWarnings("NullAway.Init")
    private ServerUnderTest m1;

    @BeforeEach
    void start() throws Exception {
        m1 = ServerUnderTest.of(FakeOperations.M1);
    }

    @AfterEach
    void stop() {
        m1.close();
    }

    @Test
    void aBodyTooLargeIsRefusedBeforeItIsSent() throws Exception {
        assertThat(m1.raw("POST /pause HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ")
                .contains("urn:pgmahout:problem:too-large");
    }

    @Test
    void chunksAreRefused() throws Exception {
        assertThat(m1.raw("POST /pause HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 411 ");
    }

    @Test
    void aBodyThatIsNoJsonIsRefused() throws Exception {
        String head = "POST /pause HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
        assertThat(m1.raw(head + "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}"))
                .startsWith("HTTP/1.1 415 ");
        assertThat(m1.raw(head + "Content-Length: 2\r\n\r\n{}")).startsWith("HTTP/1.1 415 ");
        assertThat(m1.raw(head + "Content-Type: application/json; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}"))
                .startsWith("HTTP/1.1 200 ");
        assertThat(m1.raw(head + "\r\n")).as("no body at all").startsWith("HTTP/1.1 200 ");
    }

    @Test
    void headersAndAddressesHaveLimits() throws Exception {
        assertThat(m1.raw("GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(3_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
        assertThat(m1.raw("GET /" + "x".repeat(5_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 414 ");
    }

    @Test
    void whatIsNotHttpIsRefused() throws Exception {
        assertThat(m1.raw("\u0016\u0003\u0001 hello\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(m1.raw("GET /health HTTP/1.1\r\n\r\n")).as("no Host").startsWith("HTTP/1.1 400 ");
        assertThat(m1.raw("GET /health HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"))
                .as("two hosts")
                .startsWith("HTTP/1.1 400 ");
        assertThat(m1.raw("GET http://localhost/health HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void aRequestThatDripsInIsCutOff() throws Exception {
        try (Socket socket = m1.connect()) {
            OutputStream out = socket.getOutputStream();
            out.write("GET /health HTTP/1.1\r\nHost: loc".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(5))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> {
                        if (socket.getInputStream().available() > 0) {
                            return true;
                        }
                        out.write('x');
                        out.flush();
                        return false;
                    });
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 408 ");
        }
    }

    @Test
    void aSilentConnectionIsClosed() throws Exception {
        try (Socket socket = m1.connect()) {
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 408 ");
        }
    }

    @Test
    void aConnectionIsKeptAndThenClosedWhenIdle() throws Exception {
        try (Socket socket = m1.connect()) {
            for (int i = 0; i < 3; i++) {
                socket.getOutputStream()
                        .write("HEAD /health HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(head(socket.getInputStream()))
                        .startsWith("HTTP/1.1 200 OK")
                        .contains("keep-alive");
            }
            assertThat(socket.getInputStream().read())
                    .as("closed without a word")
                    .isEqualTo(-1);
        }
    }

    @Test
    void requestsSentAtOnceAreAnsweredInOrder() throws Exception {
        String one = " HTTP/1.1\r\nHost: localhost\r\n";
        String answers = m1.raw("GET /replica" + one + "\r\nPOST /reload" + one + "\r\nGET /nothing" + one
                + "\r\nGET /health" + one + "Connection: close\r\n\r\n");
        List<String> statuses = answers.lines()
                .filter(line -> line.contains("HTTP/1.1 "))
                .map(line -> line.substring(line.indexOf("HTTP/1.1 ") + 9).substring(0, 3))
                .toList();
        assertThat(statuses).containsExactly("503", "200", "404", "200");
    }

    @Test
    void aQuickAnswerWaitsForTheSlowOneBeforeIt() throws Exception {
        m1.operations.answers = null;
        String head = " HTTP/1.1\r\nHost: localhost\r\n";
        String answers = m1.raw("POST /pause" + head + "\r\nGET /health" + head + "Connection: close\r\n\r\n");
        assertThat(answers).startsWith("HTTP/1.1 202 ").contains("HTTP/1.1 200 ");
    }

    @Test
    void connectionsHaveALimitAndTheOldestThatWaitsGoesForANewOne() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < ServerUnderTest.QUICK.connections(); i++) {
                sockets.add(asked(m1));
            }
            assertThat(m1.raw("GET /health HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 200");
            assertThat(sockets.getFirst().getInputStream().read())
                    .as("the oldest")
                    .isEqualTo(-1);
            assertThat(m1.operations.logged).hasSize(1);
            assertThat(m1.operations.logged.getFirst().code()).isEqualTo(EventCode.PORT_CROWDED);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void whoIsBeingAnsweredIsNotClosedForAnother() throws Exception {
        m1.operations.answers = null;
        List<Socket> sockets = new ArrayList<>();
        try {
            Socket first = m1.connect();
            sockets.add(first);
            first.getOutputStream()
                    .write("POST /pause HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> !m1.operations.submitted.isEmpty());
            while (sockets.size() < ServerUnderTest.QUICK.connections()) {
                sockets.add(m1.connect());
            }
            assertThat(m1.raw("GET /health HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 200");
            assertThat(sockets.get(1).getInputStream().read()).isEqualTo(-1);
            assertThat(head(first.getInputStream())).startsWith("HTTP/1.1 202 ");
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void tenThousandConnectionsKeepNoCheckOut() throws Exception {
        Deque<Socket> open = new ArrayDeque<>();
        try {
            for (int i = 0; i < 10_000; i++) {
                Socket socket = m1.connect();
                open.add(socket);
                if (i % 3 == 0) {
                    socket.getOutputStream().write("GET /health HTTP/1.1\r\nHo".getBytes(StandardCharsets.US_ASCII));
                }
                // Those that the port has given up: this process may have only so many files open.
                if (open.size() > 200) {
                    open.remove().close();
                }
                if (i % 1_000 == 999) {
                    assertThat(m1.raw("GET /health HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 200");
                }
            }
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        assertThat(m1.operations.logged).extracting(Notice::code).containsExactly(EventCode.PORT_CROWDED);
    }

    /** A connection that was answered once and stays open. */
    private static Socket asked(ServerUnderTest server) throws IOException {
        Socket socket = server.connect();
        socket.getOutputStream()
                .write("HEAD /health HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        head(socket.getInputStream());
        return socket;
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("ended after: " + text);
            }
            text.append((char) next);
        }
        return text.toString();
    }
}
