package io.pgmahout.protocol;

/**
 * Where a peer may accept gossip: a host name or IP address, and a port.
 *
 * @param host name, IPv4 address, or IPv6 address without brackets; not empty
 * @param port 1 to 65535
 */
public record PeerAddress(String host, int port) {

    public PeerAddress {
        if (host.isEmpty() || port < 1 || port > 65535) {
            throw new IllegalArgumentException("not an address: " + host + ":" + port);
        }
    }

    @Override
    public String toString() {
        return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
    }
}
