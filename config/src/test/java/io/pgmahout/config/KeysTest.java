package io.pgmahout.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every key, by its example. */
class KeysTest {
    @TempDir
    static Path directory = Path.of("/");

    @BeforeAll
    static void files() {
        Example.files(directory);
    }

    static Stream<Example> examples() {
        return Example.ALL.stream();
    }

    /** A change of store.type alone leaves the keys of the old type behind, so it has a test of its own. */
    static Stream<Example> changes() {
        return examples().filter(example -> !example.key().equals("store.type"));
    }

    static Stream<Key<?>> keys() {
        return Keys.ALL.stream();
    }

    @Test
    void noKeyIsUntested() {
        assertThat(Example.ALL.stream().map(Example::key).toList())
                .containsExactlyElementsOf(Keys.ALL.stream().map(Key::name).toList());
    }

    @Test
    void variablesAreDistinctAndNobodyElses() {
        var variables = Keys.ALL.stream().map(Key::variable).toList();
        assertThat(new HashSet<>(variables))
                .hasSameSizeAs(variables)
                .doesNotContainAnyElementsOf(Keys.FOREIGN_VARIABLES);
    }

    @Test
    void formerNamesAreNoKeysAndWhatTheyBecameIs() {
        assertThat(Former.ALL).allSatisfy(former -> {
            assertThat(Keys.named(former.name())).isEmpty();
            String[] words = former.instead().split("is called | here", -1);
            assertThat(words.length == 1 || Keys.named(words[1]).isPresent())
                    .describedAs(former.instead())
                    .isTrue();
        });
    }

    @ParameterizedTest
    @MethodSource("keys")
    void isDeclaredInOneSentence(Key<?> key) {
        assertThat(key.sentence()).endsWith(".").doesNotContain("\n");
        assertThat(key.type().allowed()).isNotBlank();
        assertThat(key.required() && key.standard().isPresent()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void goodValueIsInEffectWhereverItComesFrom(Example example) {
        var key = Keys.named(example.key()).orElseThrow();
        var overrides = example.overrides(directory, Optional.of(example.good()));
        var loaded = Fixture.valid(overrides);
        String good = overrides.get(example.key());
        if (key.secret()) {
            assertThat(key.read().apply(loaded.settings())).isEqualTo(Optional.of(Secret.of("s3cret")));
        } else {
            assertThat(key.shown(loaded.settings())).contains(String.valueOf(good));
        }
        assertThat(loaded.origins()).containsKey(example.key());

        var rest = new HashMap<>(Fixture.complete(overrides));
        rest.remove(example.key());
        var environment = Map.of(key.variable(), String.valueOf(good));
        var fromEnvironment = Fixture.valid(Configuration.load(Optional.empty(), environment, rest));
        assertThat(key.read().apply(fromEnvironment.settings()))
                .isEqualTo(key.read().apply(loaded.settings()));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void badValueIsOneProblemThatNamesTheKey(Example example) {
        List<Problem> problems = Fixture.problems(example.overrides(directory, Optional.of(example.bad())));
        assertThat(problems).hasSize(1).allSatisfy(problem -> {
            assertThat(problem.key()).startsWith(example.key());
            assertThat(problem.origin()).isEqualTo(new Origin.CommandLine());
            assertThat(problem.reason()).isNotBlank();
        });
    }

    @ParameterizedTest
    @MethodSource("changes")
    void changeIsAppliedOrWaitsForARestart(Example example) {
        var old = Fixture.valid(example.overrides(directory, example.before())).settings();
        var next = Fixture.valid(example.overrides(directory, Optional.of(example.good())))
                .settings();
        var reload = Reload.compare(old, next);
        boolean reloadable = Keys.named(example.key()).orElseThrow().reloadable();
        assertThat(reloadable ? reload.applied() : reload.needRestart()).containsExactly(example.key());
        assertThat(reloadable ? reload.needRestart() : reload.applied()).isEmpty();
        assertThat(Reload.compare(next, next).nothingChanged()).isTrue();
    }

    @Test
    void changeOfTheStoreWaitsForARestart() {
        var old = Fixture.valid(Map.of()).settings();
        var next = Fixture.valid(Map.of("store.type", "etcd", "store.etcd.endpoints", "https://e:2379"))
                .settings();
        assertThat(Reload.compare(old, next))
                .isEqualTo(new Reload(List.of(), List.of("store.type", "store.file.path", "store.etcd.endpoints")));
    }
}
