package io.pgmahout.agent;

import io.pgmahout.agent.admin.AdminOptions;
import io.pgmahout.agent.admin.Operations;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.config.Loaded;
import io.pgmahout.config.Secret;
import io.pgmahout.config.Settings;
import io.pgmahout.config.Show;
import io.pgmahout.config.TlsSettings;
import io.pgmahout.protocol.PemContext;
import io.pgmahout.protocol.RenewedContext;
import io.pgmahout.protocol.TlsFiles;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** What the configuration means for the admin port. */
final class AdminSettled {

    private AdminSettled() {}

    /**
     * @param inEffect asked for what a reload changes
     * @throws IOException when the TLS files cannot be used; the message names the file
     */
    static AdminOptions options(Settings settings, Supplier<Settings> inEffect) throws IOException {
        Optional<RenewedContext> listener = Optional.empty();
        Optional<SSLContext> peers = Optional.empty();
        Optional<TlsSettings> tls = settings.admin().tls();
        if (tls.isPresent()) {
            TlsFiles files = Settled.files(tls.get());
            try {
                listener = Optional.of(new RenewedContext(files));
                peers = Optional.of(PemContext.trusting(files.authority()));
            } catch (IOException | GeneralSecurityException e) {
                throw new IOException("the TLS files of the admin port cannot be used: " + e.getMessage(), e);
            }
        }
        return new AdminOptions(
                new MemberName(settings.member().name()),
                Settled.address(settings.admin().listen()),
                () -> inEffect.get().admin().token().map(Secret::reveal),
                listener,
                peers,
                AdminOptions.Limits.DEFAULT);
    }

    static List<Operations.ConfigRow> rows(Loaded.Valid inEffect) {
        return Show.rows(inEffect).stream()
                .map(row -> new Operations.ConfigRow(
                        row.key(), row.value(), row.origin().toString()))
                .toList();
    }
}
