package io.pgmahout.protocol;

import java.time.Duration;

/** A member in a process of its own, for tests that kill it. */
final class DyingMember {
    private DyingMember() {}

    /** Arguments: the port to dial. Ends with its standard input. */
    public static void main(String[] args) throws Exception {
        try (Node node = Node.plain("m2", TransportSettings.defaults().withIdleLimit(Duration.ofSeconds(30)))) {
            node.dials(new PeerAddress("127.0.0.1", Integer.parseInt(args[0])));
            // Tells that everything so far was read.
            Node.eventually().until(() -> node.isConnectedTo("m1"));
            node.transport.send("m1", Messages.heartbeat(1));
            System.in.transferTo(System.out);
        }
    }
}
