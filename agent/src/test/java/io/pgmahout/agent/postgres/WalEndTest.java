package io.pgmahout.agent.postgres;

import static io.pgmahout.agent.postgres.Members.FIRST;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.ha.Event;
import io.pgmahout.agent.ha.ServerAction;
import io.pgmahout.agent.ha.ServerFacts;
import io.pgmahout.agent.model.Lsn;
import io.pgmahout.agent.model.Timeline;
import io.pgmahout.agent.model.WalPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

@ExtendWith(AsPostgres.class)
class WalEndTest {

    @RegisterExtension
    private final Members members = new Members();

    @Test
    void theEndOfTheLogIsWhereTheStandbyIs() throws Exception {
        TestMember one = members.primary("one");
        TestMember two = members.standby("two", one);
        one.sql("CREATE TABLE t (x text)");
        one.sql("INSERT INTO t SELECT repeat(md5(i::text), 3000) FROM generate_series(1, 50) i");
        one.sql("SELECT pg_logical_emit_message(false, 'big', repeat('y', 3000000))");
        one.sql("SELECT pg_switch_wal()");
        one.sql("INSERT INTO t VALUES ('x')");
        WalPosition crashed = endAfter(one, two, one::killPostmaster);
        one.permit();
        one.done(new ServerAction.StartPrimary(null));
        one.sql("INSERT INTO t VALUES ('y')");
        two.probed(ServerFacts::streaming);
        WalPosition stopped = endAfter(one, two, () -> one.done(new ServerAction.Stop(true, 20_000)));
        assertThat(stopped.lsn()).isGreaterThan(crashed.lsn());
        assertThat(one.inspect().cleanEnd()).isEqualTo(stopped.lsn());
        // A standby that is down knows as well what it holds, however it went down.
        two.killPostmaster();
        two.gate(g -> g.exit() != null);
        assertThat(two.withdraw().position()).isEqualTo(stopped);
        two.done(new ServerAction.StartStandby(null, FIRST));
        assertThat(two.probed(f -> f.flushed() != null).flushed()).isEqualTo(stopped.lsn());
        two.done(new ServerAction.Stop(true, 20_000));
        assertThat(two.done(new ServerAction.FindEnd()).position()).isEqualTo(stopped);
        assertThat(two.inspect().cleanEnd()).isEqualTo(stopped.lsn());
    }

    private interface Ending {
        void end() throws IOException;
    }

    private static WalPosition endAfter(TestMember one, TestMember two, Ending ending) throws IOException {
        two.probed(f ->
                f.flushed() != null && f.flushed().equals(one.probed(p -> true).flushed()));
        int from = one.mark();
        ending.end();
        one.awaitFrom(from, Event.GateReported.class, e -> e.gate().exit() != null, Duration.ofSeconds(20));
        WalPosition end =
                Objects.requireNonNull(one.done(new ServerAction.FindEnd()).position());
        assertThat(two.probed(f -> end.lsn().equals(f.flushed())).flushed()).isEqualTo(end.lsn());
        return end;
    }

    /** A crash between two segments of one record: what is written next begins with saying so. */
    @Test
    void aRecordThatWasNeverEndedIsPassedOver() throws Exception {
        TestMember one = members.primary("one");
        one.sql("SELECT pg_create_physical_replication_slot('all_wal_stays', true)");
        one.sql("CHECKPOINT");
        Lsn before = Lsn.parse(Objects.requireNonNull(one.sql("SELECT pg_current_wal_flush_lsn()")));
        String segment = Objects.requireNonNull(one.sql("SELECT pg_walfile_name(pg_current_wal_lsn())"));
        one.sql("SELECT pg_logical_emit_message(false, 'longer than a segment', repeat('y', 20000000))");
        one.sqlUntil("SELECT pg_current_wal_flush_lsn() > '" + before + "'::pg_lsn + 20000000", "t");
        one.killPostmaster();
        one.gate(g -> g.exit() != null);
        try (var segments = Files.newDirectoryStream(one.data.resolve("pg_wal"), "0*")) {
            for (Path file : segments) {
                if (file.getFileName().toString().compareTo(segment) > 0) {
                    Files.delete(file);
                }
            }
        }
        one.permit();
        one.done(new ServerAction.StartPrimary(null));
        one.sql("CREATE TABLE written_after (x int)");
        one.done(new ServerAction.Stop(true, 20_000));
        TimelineHistory history = TimelineHistory.read(one.data.resolve("pg_wal"), Timeline.FIRST);
        WalEnd.Found found = Objects.requireNonNull(WalEnd.find(one.data, history, before));
        assertThat(found.end()).isEqualTo(one.inspect().cleanEnd());
        assertThat(walDump(one, before)).contains("OVERWRITE_CONTRECORD");
    }

    private static String walDump(TestMember member, Lsn from) throws IOException {
        Process dump = new ProcessBuilder(
                        TestMember.programs().resolve("pg_waldump").toString(),
                        "--path=" + member.data.resolve("pg_wal"),
                        "--start=" + from,
                        "--rmgr=XLOG")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var out = dump.inputReader()) {
            return out.readAllAsString();
        }
    }
}
