package io.pgmahout.tests.bench;

import io.pgmahout.tests.cluster.AdminPort;
import io.pgmahout.tests.cluster.ClusterException;

/** What the admin port must have answered. */
final class AdminReply {

    private AdminReply() {}

    static void require(AdminPort.Reply reply) {
        if (reply.status() >= 300) {
            throw new ClusterException(reply.status() + ": " + reply.text());
        }
    }
}
