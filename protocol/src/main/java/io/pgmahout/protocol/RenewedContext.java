package io.pgmahout.protocol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS context made of the current files: connections take whatever is {@link #current} when they begin. Files that
 * cannot be used leave the old context in force.
 */
public final class RenewedContext {
    private static final Logger log = LoggerFactory.getLogger(RenewedContext.class);

    /** What tells one state of a file from another without reading it. */
    private record Stamp(String modified, long bytes, String key) {}

    private final TlsFiles files;
    private final PemContext.Check check;
    private List<Stamp> seen;
    private String problem = "";
    private volatile SSLContext current;

    /**
     * @throws IOException when a file cannot be read
     * @throws GeneralSecurityException when the files do not fit together
     */
    public RenewedContext(TlsFiles files) throws IOException, GeneralSecurityException {
        this(files, own -> {});
    }

    RenewedContext(TlsFiles files, PemContext.Check check) throws IOException, GeneralSecurityException {
        this.files = files;
        this.check = check;
        this.seen = stamps(files);
        this.current = PemContext.of(files, this::checkAtStart);
    }

    /** What is in force now. Any thread. */
    public SSLContext current() {
        return current;
    }

    /** Looks at the files again and again until the executor ends; the first time after one period. */
    @SuppressWarnings("FutureReturnValueIgnored") // guarded
    public void watch(ScheduledExecutorService executor, Duration period) {
        executor.scheduleWithFixedDelay(
                Loop.guarded(this::refresh), period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Takes the files anew if they changed. Files that cannot be used are logged once and tried again next time. */
    private void refresh() {
        try {
            List<Stamp> now = stamps(files);
            if (!now.equals(seen)) {
                current = PemContext.of(files, this::checkRenewed);
                seen = now;
                log.info("TLS files were read again: {}", files.certificate());
            }
            problem = "";
        } catch (IOException | GeneralSecurityException e) {
            if (!problem.equals(e.toString())) {
                problem = e.toString();
                log.error("the new TLS files cannot be used, the old ones stay in force", e);
            }
        }
    }

    private void checkAtStart(X509Certificate own) throws GeneralSecurityException {
        check.of(own);
        try {
            own.checkValidity();
        } catch (GeneralSecurityException e) {
            // Not a reason to refuse to start: a primary can go on by its store lease, without peers.
            log.error("the certificate {} is not valid now, others will refuse it", files.certificate(), e);
        }
    }

    private void checkRenewed(X509Certificate own) throws GeneralSecurityException {
        check.of(own);
        try {
            own.checkValidity();
        } catch (GeneralSecurityException e) {
            throw new GeneralSecurityException(files.certificate() + " is not valid now: " + e.getMessage(), e);
        }
    }

    private static List<Stamp> stamps(TlsFiles files) throws IOException {
        List<Stamp> stamps = new ArrayList<>(3);
        for (Path file : List.of(files.authority(), files.certificate(), files.key())) {
            BasicFileAttributes attributes;
            try {
                attributes = Files.readAttributes(file, BasicFileAttributes.class);
            } catch (IOException e) {
                throw new IOException(file + " cannot be read: " + e, e);
            }
            stamps.add(new Stamp(
                    attributes.lastModifiedTime().toString(), attributes.size(), String.valueOf(attributes.fileKey())));
        }
        return List.copyOf(stamps);
    }
}
