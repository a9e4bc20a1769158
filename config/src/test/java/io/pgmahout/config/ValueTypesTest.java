package io.pgmahout.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Durations, sizes and addresses as text. */
class ValueTypesTest {
    @ParameterizedTest
    @CsvSource({
        "500ms, 500, 500ms",
        "3s, 3000, 3s",
        "2m, 120000, 2m",
        "2min, 120000, 2m",
        "90s, 90000, 90s",
        "1 s, 1000, 1s",
        "24h, 86400000, 24h",
        "48h, 172800000, 2d",
        "0ms, 0, 0s",
        "1500ms, 1500, 1500ms",
        "60m, 3600000, 1h"
    })
    void durations(String text, long millis, String shown) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
        assertThat(Durations.render(Duration.ofMillis(millis))).isEqualTo(shown);
        assertThat(Durations.parse(shown)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3", "s", "-1s", "1.5s", "3S", "3 sec", "PT3S", "1us", "99999999999s", " 3s", "٣s"})
    void notDurations(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Durations.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "0B, 0, 0B",
        "1B, 1, 1B",
        "16kB, 16384, 16kB",
        "64MB, 67108864, 64MB",
        "1024kB, 1048576, 1MB",
        "1 GB, 1073741824, 1GB",
        "2TB, 2199023255552, 2TB",
        "2048TB, 2251799813685248, 2048TB",
        "1025B, 1025, 1025B"
    })
    void sizes(String text, long bytes, String shown) {
        assertThat(DataSize.parse(text)).isEqualTo(new DataSize(bytes)).hasToString(shown);
        assertThat(DataSize.parse(shown)).isEqualByComparingTo(new DataSize(bytes));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "1", "MB", "-1MB", "1.5GB", "1mb", "1KB", "1K", "1MiB", "9999999TB", "99999999999999999999B"
            })
    void notSizes(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> DataSize.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:8010, 127.0.0.1, 8010",
        "[::1]:1, ::1, 1",
        "[2001:DB8::1]:65535, 2001:db8::1, 65535",
        "db1.Example.org:5432, db1.example.org, 5432",
        "a-0.a-peers.ns.svc:1, a-0.a-peers.ns.svc, 1"
    })
    void addresses(String text, String host, int port) {
        var address = HostAndPort.parse(text);
        assertThat(address).isEqualTo(new HostAndPort(host, port));
        assertThat(HostAndPort.parse(address.toString())).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":1",
                "a",
                "a:",
                "a:0",
                "a:65536",
                "a:x",
                "a:-1",
                "::1:8010",
                "[::1]",
                "[a]:1",
                "[127.0.0.1]:1",
                "a b:1",
                "-a:1",
                "a-:1",
                "a_b:1",
                "1.2.3:1",
                "1.2.3.256:1",
                "1.2.3.4.5:1",
                "123:1",
                "[::g]:1",
                "[fe80::1%eth0]:1",
                "[:]:1",
                "a..b:1",
                "https://a:1",
                "user@a:1"
            })
    void notAddresses(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> HostAndPort.parse(text));
    }

    @Test
    void whatAnAddressMeans() {
        assertThat(new HostAndPort("127.8.9.10", 1).isLoopback()).isTrue();
        assertThat(new HostAndPort("::1", 1).isLoopback()).isTrue();
        assertThat(new HostAndPort("::ffff:127.0.0.1", 1).isLoopback()).isTrue();
        assertThat(new HostAndPort("localhost", 1).isLoopback()).isTrue();
        assertThat(new HostAndPort("localhost.example.org", 1).isLoopback()).isFalse();
        assertThat(new HostAndPort("128.0.0.1", 1).isLoopback()).isFalse();
        assertThat(new HostAndPort("0.0.0.0", 1).isLoopback()).isFalse();
        assertThat(new HostAndPort("0.0.0.0", 1).isWildcard()).isTrue();
        assertThat(new HostAndPort("::", 1).isWildcard()).isTrue();
        assertThat(new HostAndPort("0:0::0", 1).isWildcard()).isTrue();
        assertThat(new HostAndPort("10.0.0.0", 0).isWildcard()).isFalse();
    }
}
