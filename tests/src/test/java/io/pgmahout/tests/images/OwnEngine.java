package io.pgmahout.tests.images;

import java.net.URI;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.dockerclient.TransportConfig;

/** Leads Testcontainers to the {@link Engine}; named in the environment of the tests. */
public final class OwnEngine extends DockerClientProviderStrategy {

    @Override
    public TransportConfig getTransportConfig() {
        return TransportConfig.builder()
                .dockerHost(URI.create(Engine.shared().address()))
                .build();
    }

    @Override
    public String getDescription() {
        return "the tests' own engine";
    }
}
