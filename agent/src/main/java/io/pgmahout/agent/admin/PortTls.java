package io.pgmahout.agent.admin;

import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.pgmahout.protocol.RenewedContext;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;

/**
 * TLS of the port's connections, by the files that are current when a connection begins; a thread of its own looks at
 * them. Clients need no certificate, since health checks have none.
 */
final class PortTls implements AutoCloseable {

    private static final Duration FILES_LOOK = Duration.ofSeconds(2);

    private final RenewedContext context;
    private final int handshakeMs;
    private final ScheduledThreadPoolExecutor files =
            new ScheduledThreadPoolExecutor(1, new DefaultThreadFactory("admin-files", true));

    PortTls(RenewedContext context, int handshakeMs) {
        this.context = context;
        this.handshakeMs = handshakeMs;
        context.watch(files, FILES_LOOK);
    }

    /** A handler for a connection that was accepted. */
    SslHandler accepting() {
        SSLEngine engine = context.current().createSSLEngine();
        engine.setUseClientMode(false);
        engine.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        SslHandler handler = new SslHandler(engine);
        handler.setHandshakeTimeout(handshakeMs, TimeUnit.MILLISECONDS);
        return handler;
    }

    @Override
    public void close() {
        files.shutdownNow();
    }
}
