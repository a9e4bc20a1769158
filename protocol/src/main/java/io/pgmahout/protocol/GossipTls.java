package io.pgmahout.protocol;

import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.SSLEngine;

/** Mutual TLS 1.3 for gossip's connections, by the files that are current when a connection begins. */
final class GossipTls {
    private static final Duration CLOSE_NOTIFY_LIMIT = Duration.ofMillis(200);

    private final RenewedContext context;

    /**
     * @throws IOException when a file cannot be read
     * @throws GeneralSecurityException when the files do not fit together or name another member
     */
    GossipTls(TlsFiles files, String cluster, String member) throws IOException, GeneralSecurityException {
        this.context = new RenewedContext(files, own -> {
            if (!CertificateNames.of(own).names(cluster, member)) {
                throw new GeneralSecurityException(
                        files.certificate() + " does not name member " + member + " of cluster " + cluster);
            }
        });
    }

    /** Looks at the files again and again until the executor ends. */
    void watch(ScheduledExecutorService executor, Duration period) {
        context.watch(executor, period);
    }

    /** A handler for a connection that was accepted. */
    SslHandler accepting() {
        SSLEngine engine = context.current().createSSLEngine();
        engine.setUseClientMode(false);
        engine.setNeedClientAuth(true);
        return handler(engine);
    }

    /** A handler for a connection that was dialed. Without host and port, so that no session is resumed unchecked. */
    SslHandler dialing() {
        SSLEngine engine = context.current().createSSLEngine();
        engine.setUseClientMode(true);
        return handler(engine);
    }

    private static SslHandler handler(SSLEngine engine) {
        engine.setEnabledProtocols(new String[] {"TLSv1.3"});
        SslHandler handler = new SslHandler(engine);
        handler.setCloseNotifyFlushTimeoutMillis(CLOSE_NOTIFY_LIMIT.toMillis());
        return handler;
    }
}
