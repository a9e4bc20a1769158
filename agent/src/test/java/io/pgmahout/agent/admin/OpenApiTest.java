package io.pgmahout.agent.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class OpenApiTest {

    private static final Pattern LINE =
            Pattern.compile("^(?:  (/[^:]*):|    (get|post|put|delete|head|options|patch):.*)$", Pattern.MULTILINE);

    @Test
    void describesExactlyTheRoutes() throws Exception {
        TreeSet<String> described = new TreeSet<>();
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("/openapi.yaml"))) {
            Matcher line = LINE.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            String path = "";
            while (line.find()) {
                if (line.group(1) != null) {
                    path = line.group(1);
                } else {
                    described.add(line.group(2).toUpperCase(Locale.ROOT) + " " + path);
                }
            }
        }
        assertThat(described).isEqualTo(routes());
    }

    @Test
    void thePageNamesEveryPath() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "admin.md"));
        for (String route : routes()) {
            assertThat(page).contains("`" + route.substring(route.indexOf(' ') + 1));
        }
    }

    private static Set<String> routes() {
        FakeOperations operations = new FakeOperations(FakeOperations.M1);
        AdminOptions options = AdminOptions.local(FakeOperations.M1, ServerUnderTest.anyPort());
        TreeSet<String> routes = new TreeSet<>();
        try (Forwarding forwarding = new Forwarding(options)) {
            Actions actions = new Actions(FakeOperations.M1, InstantSource.system(), () -> 0);
            Commands commands = new Commands(options, operations, actions, forwarding);
            for (Route route : new Routes(options, operations, commands, new LagClock(), () -> 0).all()) {
                routes.add(route.method() + " " + route.path());
            }
        }
        return routes;
    }
}
