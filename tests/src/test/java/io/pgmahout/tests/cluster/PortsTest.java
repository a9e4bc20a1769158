package io.pgmahout.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

class PortsTest {

    /** Clusters of other processes choose theirs at the same time. */
    @Test
    void aPortIsNobodyElsesBeforeWhileAndAfterAServerListensThere() throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
        assertHeld(address);
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(address);
                SocketChannel client = SocketChannel.open(address)) {
            assertThat(client.isConnected()).isTrue();
            assertThat(server.isOpen()).isTrue();
            assertHeld(address);
        }
        assertHeld(address);
        assertThatThrownBy(() -> SocketChannel.open(address)).isInstanceOf(ConnectException.class);
    }

    /** As another process tries it. */
    private static void assertHeld(InetSocketAddress address) throws IOException {
        try (SocketChannel other = SocketChannel.open()) {
            assertThatThrownBy(() -> other.bind(address)).isInstanceOf(BindException.class);
        }
    }
}
