package io.pgmahout.agent.ha;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads the commands of a transcript and does them.
 *
 * <pre>
 * cluster a b c                 a leads term 3, the others stream; the clock of the story begins at 0
 * member d [data] [guest] …     one more member, no agent yet; then {@code start d}
 * start a | boot a              an agent beside what is there | machine on, a new gate, an agent
 * tick 500                      half a second passes
 * members | record              tells how it stands
 * record term=4 holder=b …      another hand writes the record
 * server a …, wal a 0/6000      changes facts of a server, how much WAL it has
 * cut a b [&gt;], mend a b         no messages between two (with &gt; from the first to the second)
 * disconnect a b [reset]        a notices that its connection to b is gone
 * connect a p                   a has a new connection to p, which did not notice or is not played
 * crash a, dies a agent, dies a postgres, stall a, wake a
 * store a answers|refuses|silent|held|reads, watch a on|off
 * cas a applied|conflict|failed|unknown|lost, late a, read a answered|failed
 * hold a gate|actions|withdraw|disk, release a …, done a, fails a, withdrawal a fails, disk a fails
 * say p -&gt; b heartbeat …        a message of a member that is not played; also report p -&gt; b …
 * ask a switchover to=c         what operators ask
 * configure, tuning             settings, at once or from the next start on
 * show, hide, once              what is told: heartbeats acks permits routine slots looks changes; rules told once
 * </pre>
 */
final class Script {
    private final Story story;
    private final Stage stage;
    private final Strangers strangers;

    Script(Story story) {
        this.story = story;
        stage = new Stage(story);
        strangers = new Strangers(story);
    }

    /** What {@code commands} lead to. */
    List<String> play(List<String> commands) {
        List<String> lines = new ArrayList<>();
        for (String command : commands) {
            try {
                play(Line.of(command));
                story.settle();
            } catch (RuntimeException e) {
                throw new IllegalStateException(command, e);
            }
            lines.addAll(story.told());
        }
        return lines;
    }

    /** A command, its plain words and its {@code key=value} pairs. */
    record Line(String verb, List<String> words, Map<String, String> options) {

        static Line of(String text) {
            List<String> words = new ArrayList<>();
            Map<String, String> options = new TreeMap<>();
            for (String word : Arrays.asList(text.strip().split("\\s+"))) {
                int equals = word.indexOf('=');
                if (equals > 0) {
                    options.put(word.substring(0, equals), word.substring(equals + 1));
                } else if (!word.equals("->")) {
                    words.add(word);
                }
            }
            return new Line(words.getFirst(), words.subList(1, words.size()), options);
        }

        String word(int index) {
            return words.get(index);
        }

        boolean says(String word) {
            return words.contains(word);
        }

        String option(String key, String otherwise) {
            return options.getOrDefault(key, otherwise);
        }

        long number(String key, long otherwise) {
            String value = options.get(key);
            return value == null ? otherwise : Long.parseLong(value);
        }
    }

    private void play(Line line) {
        switch (line.verb()) {
            case "cluster" -> stage.cluster(line);
            case "member" -> stage.member(line);
            case "start" -> story.start(story.member(line.word(0)));
            case "boot" -> stage.boot(story.member(line.word(0)));
            case "members" -> stage.tellMembers();
            case "record" -> stage.record(line);
            case "server" -> stage.server(line);
            case "wal" -> stage.wal(line);
            case "show" -> story.shown.addAll(line.words());
            case "hide" -> line.words().forEach(story.shown::remove);
            case "once" -> line.words().forEach(rule -> story.shown.add("rule-" + rule + "-once"));
            case "tick" -> story.pass(Long.parseLong(line.word(0)));
            case "say" -> strangers.say(line);
            case "report" -> strangers.report(line);
            case "ask" -> strangers.ask(line);
            case "configure" -> stage.configure(line);
            case "tuning" -> stage.tuning(line);
            default -> new Troubles(story).play(line);
        }
    }
}
