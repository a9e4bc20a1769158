package io.pgmahout.protocol;

import java.time.Duration;

/** Settings with short times. */
final class Settings {
    private Settings() {}

    static TransportSettings of(Duration handshake, Duration idle, Duration drain) {
        TransportSettings usual = TransportSettings.defaults();
        return new TransportSettings(
                usual.frameLimit(),
                usual.helloLimit(),
                usual.connectTimeout(),
                handshake,
                idle,
                idle.dividedBy(4),
                drain,
                usual.retryFirst(),
                usual.retryLimit(),
                Duration.ofMillis(200),
                Duration.ofMillis(300),
                Duration.ofMillis(50),
                usual.maxPeers(),
                8,
                usual.outboxLimit());
    }

    static TransportSettings usual() {
        return of(Duration.ofSeconds(3), Duration.ofSeconds(4), Duration.ofSeconds(2));
    }
}
