package io.pgmahout.tests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.model.EventCode;
import io.pgmahout.tests.cluster.LocalCluster;
import io.pgmahout.tests.cluster.LocalMember;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every event of the catalogue is seen where its scenario happens. */
class EventsTest {

    private static final Path ROOT = Path.of("..");

    /** A method of a test, with all in it. */
    private static final Pattern TEST =
            Pattern.compile("(?ms)^    @(?:Test|ParameterizedTest)\\b.*?\\{$(.*?)^    \\}$");

    private static final Pattern CODE = Pattern.compile("\\b[A-Z]+(?:_[A-Z]+)*\\b");
    private static final Pattern LOGGED = Pattern.compile("(?m)^ *-?\\d+  \\S+  logs (.*)$");

    /** What an agent, not its core, tells of itself and its ports. */
    @Test
    @Tag("O3")
    void whatHappensToAnAgentIsInItsLog() throws Exception {
        try (LocalCluster cluster = Scenario.formed(Scenario.PATIENT);
                Assault assault = new Assault()) {
            LocalMember primary = cluster.awaitWhole(Scenario.LIMIT);
            LocalMember standby = cluster.membersBut(primary).getFirst();
            Scenario.awaitLogged(standby, "AGENT_STARTED", "\"version\":");
            assault.onGossip(standby.gossipAddress(), "demo", primary.name());
            Scenario.awaitLogged(standby, "HOSTILE_BYTES", "127.0.0.1");
            Scenario.awaitLogged(standby, "PEER_REFUSED", "OTHER_CLUSTER");
            Scenario.awaitLogged(standby, "PEER_REFUSED", "NAME_TAKEN");
            Assault.flood(standby.gossipAddress(), 1_000);
            Scenario.awaitLogged(standby, "PORT_CROWDED", "gossip port");
            askFromElsewhere(standby.adminAddress());
            Scenario.awaitLogged(standby, "REQUEST_REFUSED", "127.0.0.1");
            assertThat(standby.admin().post("/reload", Scenario.body()).status())
                    .isEqualTo(200);
            Scenario.awaitLogged(standby, "CONFIGURATION_RELOADED", "\"applied\":");
            assertThat(standby.admin().post("/retire", Scenario.body()).status())
                    .isBetween(200, 202);
            Scenario.awaitLogged(standby, "AGENT_STOPPING", "\"reason\":");
        }
    }

    private static void askFromElsewhere(String address) throws IOException {
        int colon = address.lastIndexOf(':');
        try (Socket socket = new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))) {
            socket.getOutputStream()
                    .write("GET /status HTTP/1.1\r\nHost: elsewhere\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 403 ");
        }
    }

    /** In a transcript, which is played and compared line by line, or in a test that looks for it. */
    @Test
    @Tag("O3")
    void everyEventIsSeenByATest() throws IOException {
        Set<EventCode> unseen = EnumSet.allOf(EventCode.class);
        for (Path transcript : files("agent/src/test/resources/transcripts", ".txt")) {
            Matcher lines = LOGGED.matcher(Files.readString(transcript));
            while (lines.find()) {
                strike(unseen, lines.group(1));
            }
        }
        for (String module : List.of("agent", "tests")) {
            for (Path source : files(module + "/src/test/java", ".java")) {
                Matcher tests = TEST.matcher(Files.readString(source));
                while (tests.find()) {
                    if (looks(tests.group(1))) {
                        strike(unseen, tests.group(1));
                    }
                }
            }
        }
        assertThat(unseen).as("events that no test sees").isEmpty();
    }

    private static boolean looks(String body) {
        return Stream.of("assert", "await", "until(", "noticed(").anyMatch(body::contains);
    }

    private static void strike(Set<EventCode> unseen, String text) {
        Matcher words = CODE.matcher(text);
        while (words.find()) {
            String word = words.group();
            unseen.removeIf(code -> code.name().equals(word));
        }
    }

    private static List<Path> files(String directory, String end) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve(directory))) {
            List<Path> found =
                    files.filter(file -> file.toString().endsWith(end)).toList();
            assertThat(found).as(directory).isNotEmpty();
            return found;
        }
    }
}
