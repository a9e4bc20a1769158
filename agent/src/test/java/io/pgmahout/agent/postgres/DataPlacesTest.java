package io.pgmahout.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataPlacesTest {

    @TempDir
    private Path directory = Path.of("/");

    private DataPlaces places(boolean mounted) throws IOException {
        return new DataPlaces(Files.createDirectories(directory.resolve("data")), mounted);
    }

    private static void make(DataPlaces places, String content) throws IOException {
        Path making = Files.createDirectories(places.clearMaking());
        Files.createDirectories(making.resolve("base"));
        Files.writeString(making.resolve("base/file"), content);
    }

    private static String content(Path data) throws IOException {
        return Files.readString(data.resolve("base/file"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theOldContentWaitsAsideUntilForgotten(boolean mounted) throws IOException {
        DataPlaces places = places(mounted);
        make(places, "first");
        places.swap();
        assertThat(places.aside()).doesNotExist();
        make(places, "second");
        places.swap();
        assertThat(content(places.data())).isEqualTo("second");
        assertThat(content(places.aside())).isEqualTo("first");
        assertThat(places.making()).doesNotExist();
        make(places, "third");
        places.swap();
        assertThat(content(places.data())).isEqualTo("third");
        assertThat(content(places.aside())).isEqualTo("first");
        places.forget();
        assertThat(places.aside()).doesNotExist();
        assertThat(content(places.data())).isEqualTo("third");
    }

    @Test
    void whatIsKeptInAMountPointIsNoContent() throws IOException {
        DataPlaces places = places(true);
        Files.createDirectories(places.making());
        Files.createDirectories(places.aside());
        Files.createDirectories(places.data().resolve("lost+found"));
        assertThat(places.entries()).isEmpty();
    }
}
