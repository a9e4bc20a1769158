package io.pgmahout.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InterpolationTest {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("HOST", "db1", "PORT", "8010", "SELF", "${env:SELF}", "MONEY", "a$b");

    private final Interpolation interpolation = new Interpolation(ENVIRONMENT);

    @TempDir
    Path directory = Path.of("/");

    @ParameterizedTest
    @CsvSource({
        "${env:HOST},                     db1",
        "${env:HOST}:${env:PORT},         db1:8010",
        "x${env:HOST}y,                   xdb1y",
        "$${env:HOST},                    ${env:HOST}",
        "$${HOME} ${env:PORT},            ${HOME} 8010",
        "$$${env:HOST},                   $${env:HOST}",
        "${env:MONEY},                    a$b",
        "$HOME and $1 and $$ and {x},     $HOME and $1 and $$ and {x}",
    })
    void variablesAreReplaced(String text, String expanded) {
        assertThat(interpolation.fault(text)).isEmpty();
        assertThat(interpolation.expand(text)).isEqualTo(expanded);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "${file:UTF-8:/etc/hostname}",
                "${sys:user.home}",
                "${const:java.lang.Integer.MAX_VALUE}",
                "${base64Decoder:aGk=}",
                "${cluster}",
                "${HOST}",
                "${env:HOST:-other}",
                "${env:NONE}",
                "${env:}",
                "${env:A B}",
                "${env:HOST",
                "${env:${env:HOST}}",
                "${env:SELF}",
                "${}",
                "${env:HOST}${sys:user.home}",
            })
    void anythingElseIsRefusedInEverySource(String text) {
        assertThat(interpolation.fault(text)).isPresent();
        Path file = Fixture.file(
                directory, "store.etcd.user: '" + text + "'", "callback.command: [/bin/x, '" + text + "']");
        var environment = new HashMap<>(ENVIRONMENT);
        environment.put("PGMAHOUT_MEMBER_NAME", text);
        environment.put("PGMAHOUT_POSTGRES_PARAMETERS", "work_mem=" + text);
        var problems =
                Fixture.problems(Configuration.load(Optional.of(file), environment, Map.of("bootstrap.owner", text)));
        assertThat(problems)
                .extracting(Problem::key)
                .contains(
                        "store.etcd.user",
                        "callback.command",
                        "member.name",
                        "postgres.parameters.work_mem",
                        "bootstrap.owner");
        assertThat(problems)
                .filteredOn(problem -> problem.allowed().equals(Interpolation.ALLOWED))
                .hasSize(5);
    }

    @Test
    void variablesAreReplacedInEverySource() {
        Path file = Fixture.file(
                directory, "gossip.advertise: '[::1]:${env:PORT}'", "callback.command: [/bin/x, '${env:HOST}']");
        var environment = new HashMap<>(ENVIRONMENT);
        environment.put("PGMAHOUT_POSTGRES_PARAMETERS", "cron.host=${env:HOST}");
        var settings = Fixture.valid(
                        Configuration.load(Optional.of(file), environment, Map.of("bootstrap.database", "${env:HOST}")))
                .settings();
        assertThat(settings.gossip().reachableAt()).isEqualTo(new HostAndPort("::1", 8010));
        assertThat(settings.callback().orElseThrow().command()).isEqualTo(List.of("/bin/x", "db1"));
        assertThat(settings.postgres().parameters()).containsEntry("cron.host", "db1");
        assertThat(settings.bootstrap().database()).contains("db1");
    }
}
