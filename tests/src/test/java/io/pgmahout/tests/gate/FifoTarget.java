package io.pgmahout.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.fuzz.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is written into the gate's FIFO, of a gate that runs. A line that begins with {@code @} is one of the agent's session,
 * with the next number; any other is as it stands, of an older session at best.
 */
public final class FifoTarget implements Target {

    private static final int LONGEST = 4_000;
    private static final int LIVES_OF_A_GATE = 500;
    private static final long SESSION = 999_999_999_999_999_998L;
    private static final Pattern COMMAND = Pattern.compile("@ ([A-Za-z0-9._/:=,+@%-]++(?: [A-Za-z0-9._/:=,+@%-]++)*+)");
    private static final Pattern CODED = Pattern.compile("%[0-9A-Fa-f]{2}");
    private static final List<String> VERBS =
            List.of("hello", "permit", "confirm", "start", "stop", "kill", "reload", "job", "cancel", "ping");

    private @Nullable Member member;
    private long sequence;
    private int lives;

    @Override
    public String name() {
        return "fifo";
    }

    @Override
    public String promise() {
        return "Every line that is no command of the newest session is counted and has no effect, whatever a command says no"
                + " server is started that may not be, and the gate goes on.";
    }

    @Override
    public boolean guided() {
        return false;
    }

    @Override
    public int rehearsals() {
        return 400;
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(
                        "1 1 hello\n1 2 permit 123456 00000002\n1 3 confirm\n1 4 start primary\n",
                        "@ permit 1\n@ start primary\n@ stop fast 1000\n@ kill\n@ reload\n",
                        "@ job clone 60000 psql -D %2Ftmp%2Fx --no-sync\n@ cancel clone\n",
                        "@ start standby\n1 9 ping\n@ ping\n@ stop immediate 0\n",
                        "1 10 job a 10 initdb -D data%20dir\n1 11 cancel a\n")
                .stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public List<String> words() {
        return List.of(
                "@ ",
                "permit ",
                "$(id)",
                "`id`",
                "a[$(id)]",
                "primary",
                "*",
                "\\",
                "%0a",
                "\n\n",
                " -1",
                "08",
                "0x10",
                ";",
                "&",
                ">x",
                "~",
                "{1..9}");
    }

    @Override
    public long allocationBytes(int inputBytes) {
        return 64L << 20;
    }

    @Override
    public void read(byte[] input) {
        GateProcess gate = gate();
        KeyValues before = confirmed(gate);
        long ignored = before.number("ignored");
        List<String> lines = new ArrayList<>();
        long lost = 0;
        for (String line : text(input).split("\n", -1)) {
            Matcher command = COMMAND.matcher(line);
            if (command.matches() && mayBeTried(command.group(1))) {
                String words = command.group(1);
                boolean known = isCoded(words) && VERBS.contains(words.split(" ", 2)[0]);
                lines.add(SESSION + " " + ++sequence + " " + words);
                lost += known ? 0 : 1;
            } else if (!line.startsWith(Long.toString(SESSION)) && !line.isEmpty()) {
                lines.add(line);
                lost++;
            }
        }
        byte[] bytes = ("\n" + String.join("\n", lines) + "\n").getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length > LONGEST) {
            return;
        }
        gate.write(bytes);
        KeyValues after = confirmed(gate);
        assertThat(after.number("ignored") - ignored)
                .as("lines that are counted")
                .isEqualTo(lost);
        assertThat(after.get("session")).isEqualTo(Long.toString(SESSION));
        assertThat(after.get("incarnation")).isEqualTo(before.get("incarnation"));
        assertThat(after.get("server")).isEqualTo("none");
        assertThat(gate.isAlive()).isTrue();
    }

    private static boolean isCoded(String words) {
        return !words.contains("%00") && !CODED.matcher(words).replaceAll("").contains("%");
    }

    /** What bash leaves out when it reads is left out here. */
    private static String text(byte[] input) {
        return new String(input, StandardCharsets.ISO_8859_1).replace("\0", "");
    }

    /** Jobs that may run are another test's: here they would do what they are asked for. */
    private static boolean mayBeTried(String words) {
        List<String> parts = Arrays.asList(words.split(" ", -1));
        return !parts.getFirst().equals("job")
                || parts.size() < 4
                || parts.get(3).equals("psql");
    }

    private KeyValues confirmed(GateProcess gate) {
        long number = ++sequence;
        gate.write(("\n" + SESSION + " " + number + " confirm\n").getBytes(StandardCharsets.US_ASCII));
        return gate.await(
                "the gate confirms",
                state -> state.get("session").equals(Long.toString(SESSION)) && state.number("seq") >= number);
    }

    /** A new one after some hundred inputs, so that none hides behind what came long before it. */
    private GateProcess gate() {
        Member running = member;
        if (running == null || lives++ >= LIVES_OF_A_GATE) {
            close();
            running = Member.createEmpty();
            member = running;
            sequence = 0;
            lives = 0;
        }
        return running.gate();
    }

    @Override
    public void close() {
        if (member != null) {
            member.close();
            member = null;
        }
    }
}
