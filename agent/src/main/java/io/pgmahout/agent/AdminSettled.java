package io.pgmahout.agent;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.pgmahout.agent.admin.AdminOptions;
import io.pgmahout.agent.admin.Operations;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.config.Loaded;
import io.pgmahout.config.Secret;
import io.pgmahout.config.Settings;
import io.pgmahout.config.Show;
import io.pgmahout.config.TlsSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/** What the configuration means for the admin port. */
final class AdminSettled {

    private AdminSettled() {}

    static AdminOptions options(Settings settings) throws IOException {
        Optional<TlsSettings> tls = settings.admin().tls();
        Optional<Supplier<SslContext>> listener = Optional.empty();
        Optional<SSLContext> peers = Optional.empty();
        if (tls.isPresent()) {
            listener = Optional.of(() -> listener(tls.get()));
            peers = Optional.of(trusting(tls.get()));
        }
        return new AdminOptions(
                new MemberName(settings.member().name()),
                Settled.address(settings.admin().listen()),
                settings.admin().token().map(Secret::reveal),
                listener,
                peers,
                AdminOptions.Limits.DEFAULT);
    }

    private static SslContext listener(TlsSettings tls) {
        try {
            return SslContextBuilder.forServer(
                            tls.certificateFile().toFile(), tls.keyFile().toFile())
                    .clientAuth(ClientAuth.NONE)
                    .build();
        } catch (SSLException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SSLContext trusting(TlsSettings tls) throws IOException {
        try (InputStream in = Files.newInputStream(tls.caFile())) {
            KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
            authorities.load(null, null);
            int number = 0;
            for (Certificate authority : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                authorities.setCertificateEntry("ca-" + number++, authority);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authorities);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("admin.tls.ca-file " + tls.caFile() + " cannot be used: " + e.getMessage(), e);
        }
    }

    static List<Operations.ConfigRow> rows(SettingsSource source) {
        return switch (source.load()) {
            case Loaded.Valid valid ->
                Show.rows(valid).stream()
                        .map(row -> new Operations.ConfigRow(
                                row.key(), row.value(), row.origin().toString()))
                        .toList();
            case Loaded.Invalid invalid -> List.of();
        };
    }
}
