package io.pgmahout.agent.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pgmahout.agent.ha.Notice;
import io.pgmahout.agent.model.EventCode;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class EventLogTest {

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(EventLog.LOGGER);

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(ch.qos.logback.classic.Level.INFO);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(lines);
    }

    @Test
    void aNoticeCarriesWhereTheMemberStands() {
        EventLog log = new EventLog(() -> new EventLog.Standing(new Term(7), new Timeline(3), "110 lead"));
        log.log(new Notice(EventCode.STORE_BACK, Map.of("awayMs", "1500")));
        log.log(EventCode.PEER_LOST, Map.of("peer", "m2", "reset", "true", "unheardOf", "12"));
        assertThat(pairs(0))
                .containsExactly("event=STORE_BACK", "term=7", "timeline=3", "rule=110 lead", "awayMs=1500");
        assertThat(lines.list.get(0).getKeyValuePairs().get(4).value).isEqualTo(1500L);
        assertThat(lines.list.get(0).getMessage()).isEqualTo(EventCode.STORE_BACK.sentence());
        assertThat(lines.list.get(1).getKeyValuePairs().get(5).value).isEqualTo(true);
        assertThat(lines.list.get(1).getLevel()).isEqualTo(ch.qos.logback.classic.Level.WARN);
        assertThat(lines.list.get(1).getKeyValuePairs().get(6).value).isEqualTo("12");
    }

    @Test
    void whatTheEventIsAboutGoesBeforeWhereTheMemberStands() {
        EventLog log = new EventLog(() -> new EventLog.Standing(new Term(7), new Timeline(3), "110 lead"));
        log.log(EventCode.RULE_CHANGED, Map.of("rule", "130 follow-holder", "timeline", "4", "event", "not the code"));
        assertThat(pairs(0)).containsExactly("event=RULE_CHANGED", "term=7", "timeline=4", "rule=130 follow-holder");
        assertThat(lines.list.get(0).getKeyValuePairs().get(2).value).isEqualTo(4L);
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        new EventLog(() -> EventLog.Standing.UNKNOWN).log(EventCode.STORE_BACK, Map.of("awayMs", "soon"));
        assertThat(pairs(0)).containsExactly("event=STORE_BACK", "awayMs=soon");
    }

    @Test
    void anOutageIsItsStartAndItsEnd() {
        List<Notice> told = new ArrayList<>();
        long[] nanos = {0};
        Outages outages = new Outages(told::add, () -> nanos[0]);
        outages.works(EventCode.SLOT_FAILED, "m2");
        for (int i = 0; i < 5; i++) {
            nanos[0] += 1_000_000_000L;
            outages.failed(EventCode.SLOT_FAILED, "m2", Map.of("peer", "m2", "detail", "try " + i));
        }
        outages.failed(EventCode.SLOT_FAILED, "m3", Map.of("peer", "m3"));
        outages.works(EventCode.SLOT_FAILED, "m2");
        outages.works(EventCode.SLOT_FAILED, "m2");
        outages.failed(EventCode.SLOT_FAILED, "m2", Map.of("peer", "m2", "detail", "again"));
        assertThat(told)
                .containsExactly(
                        new Notice(EventCode.SLOT_FAILED, Map.of("peer", "m2", "detail", "try 0")),
                        new Notice(EventCode.SLOT_FAILED, Map.of("peer", "m3")),
                        new Notice(
                                EventCode.FAILURE_ENDED,
                                Map.of("failed", "SLOT_FAILED", "subject", "m2", "failures", "5", "awayMs", "4000")),
                        new Notice(EventCode.SLOT_FAILED, Map.of("peer", "m2", "detail", "again")));
    }

    private List<String> pairs(int line) {
        return lines.list.get(line).getKeyValuePairs().stream()
                .map(pair -> pair.key + "=" + pair.value)
                .toList();
    }
}
