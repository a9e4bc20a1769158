package io.pgmahout.protocol;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes the certificates of a cluster: an authority, and for each member one that names it and its cluster. Elliptic
 * curve P-256, PEM, PKCS#8 keys with mode 0600.
 *
 * <p>A directory holds {@code ca.crt}, {@code ca.key} and, for each member, {@code MEMBER.crt} and {@code MEMBER.key}.
 * A member needs {@code ca.crt} and its own two files, never {@code ca.key}.
 */
public final class Certificates {
    private static final String AUTHORITY_CERTIFICATE = "ca.crt";
    private static final String AUTHORITY_KEY = "ca.key";
    private static final String CERTIFICATE_SUFFIX = ".crt";
    private static final String KEY_SUFFIX = ".key";

    /** A certificate must be valid on a machine whose clock is a little behind. */
    private static final Duration BACKDATED = Duration.ofHours(1);

    private static final SecureRandom RANDOM = new SecureRandom();

    private Certificates() {}

    /**
     * Makes {@code ca.crt} and {@code ca.key}; the directory is made if need be.
     *
     * @return the certificate's path
     * @throws FileAlreadyExistsException when either file is there: an authority is never replaced
     */
    public static Path createAuthority(Path directory, String cluster, Duration validity)
            throws IOException, GeneralSecurityException {
        requireName("cluster", cluster);
        CertificateFiles.makeDirectory(directory);
        Path certificateFile = directory.resolve(AUTHORITY_CERTIFICATE);
        Path keyFile = directory.resolve(AUTHORITY_KEY);
        for (Path file : List.of(keyFile, certificateFile)) {
            if (Files.exists(file)) {
                throw new FileAlreadyExistsException(file.toString(), null, "an authority is never replaced");
            }
        }
        KeyPair pair = newKey();
        X500Name subject = name(cluster, "pgmahout authority");
        X509v3CertificateBuilder builder = builder(subject, subject, pair, validity);
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        } catch (CertIOException e) {
            throw new GeneralSecurityException(e);
        }
        X509Certificate certificate = sign(builder, pair.getPrivate());
        CertificateFiles.writeKey(keyFile, pair.getPrivate());
        CertificateFiles.writeCertificate(certificateFile, certificate);
        return certificateFile;
    }

    /**
     * Makes or renews {@code MEMBER.crt} and {@code MEMBER.key}, signed by the authority of the directory, which stays
     * as it is. A renewal takes a new key.
     *
     * @param hosts host names and IP addresses that other tools may check; agents do not
     * @param validity cut to the authority's own end
     * @return the files a member needs
     * @throws IOException also when there is no authority
     * @throws GeneralSecurityException when the authority is of another cluster (one that other tools made need name
     *     none), has run out, or lacks its key
     */
    public static TlsFiles createMember(
            Path directory, String cluster, String member, Collection<String> hosts, Duration validity)
            throws IOException, GeneralSecurityException {
        requireName("cluster", cluster);
        requireName("member", member);
        if (member.equals("ca")) {
            throw new IllegalArgumentException("ca is the authority's name");
        }
        Path authorityFile = directory.resolve(AUTHORITY_CERTIFICATE);
        X509Certificate authority = PemFiles.certificates(authorityFile).getFirst();
        PrivateKey authorityKey = AuthorityKey.read(directory.resolve(AUTHORITY_KEY));
        if (!PemFiles.belongTogether(authorityKey, authority.getPublicKey())) {
            throw new GeneralSecurityException("the authority's key and certificate do not fit together");
        }
        List<String> organizations = CertificateNames.of(authority).organizations();
        if (!organizations.isEmpty() && !organizations.contains(cluster)) {
            throw new GeneralSecurityException(authorityFile + " is not of cluster " + cluster);
        }
        authority.checkValidity();
        KeyPair pair = newKey();
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                authority.getSubjectX500Principal(),
                serial(),
                from(),
                Date.from(earlier(until(validity), authority.getNotAfter().toInstant())),
                new X500Principal(name(cluster, member).getEncoded()),
                pair.getPublic());
        try {
            JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
            builder.addExtension(Extension.subjectAlternativeName, false, alternatives(cluster, member, hosts));
            builder.addExtension(Extension.authorityKeyIdentifier, false, identifier(authority, extensions));
        } catch (CertIOException e) {
            throw new GeneralSecurityException(e);
        }
        X509Certificate certificate = sign(builder, authorityKey);
        Path certificateFile = directory.resolve(member + CERTIFICATE_SUFFIX);
        Path keyFile = directory.resolve(member + KEY_SUFFIX);
        CertificateFiles.writeKey(keyFile, pair.getPrivate());
        CertificateFiles.writeCertificate(certificateFile, certificate);
        return new TlsFiles(authorityFile, certificateFile, keyFile);
    }

    /**
     * Names the authority by its key alone: with the serial number beside it, those that know the authority by a
     * certificate from before, or after, a renewal would not take this one for signed by it.
     */
    private static AuthorityKeyIdentifier identifier(X509Certificate authority, JcaX509ExtensionUtils extensions)
            throws IOException {
        byte[] own = authority.getExtensionValue(Extension.subjectKeyIdentifier.getId());
        return own == null
                ? extensions.createAuthorityKeyIdentifier(authority.getPublicKey())
                : new AuthorityKeyIdentifier(
                        SubjectKeyIdentifier.getInstance(JcaX509ExtensionUtils.parseExtensionValue(own))
                                .getKeyIdentifier());
    }

    private static GeneralNames alternatives(String cluster, String member, Collection<String> hosts) {
        List<GeneralName> names = new ArrayList<>();
        names.add(new GeneralName(GeneralName.uniformResourceIdentifier, CertificateNames.uri(cluster, member)));
        names.add(new GeneralName(GeneralName.dNSName, member));
        for (String host : hosts) {
            boolean address = host.indexOf(':') >= 0 || host.matches("[0-9.]+");
            if (!address && !LocalIdentity.isText(host)) {
                throw new IllegalArgumentException("not a host: " + host);
            }
            GeneralName name = new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host);
            if (!names.contains(name)) {
                names.add(name);
            }
        }
        return new GeneralNames(names.toArray(GeneralName[]::new));
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, KeyPair pair, Duration validity) {
        return new JcaX509v3CertificateBuilder(
                issuer, serial(), from(), Date.from(until(validity)), subject, pair.getPublic());
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
            throws IOException, GeneralSecurityException {
        try {
            byte[] encoded = builder.build(new JcaContentSignerBuilder(PemFiles.signature(key)).build(key))
                    .getEncoded();
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private static KeyPair newKey() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
        return generator.generateKeyPair();
    }

    private static X500Name name(String cluster, String commonName) {
        return new X500NameBuilder()
                .addRDN(BCStyle.O, cluster)
                .addRDN(BCStyle.CN, commonName)
                .build();
    }

    private static BigInteger serial() {
        return new BigInteger(127, RANDOM).setBit(126);
    }

    private static Date from() {
        return Date.from(Instant.now().minus(BACKDATED));
    }

    private static Instant until(Duration validity) {
        if (!validity.isPositive()) {
            throw new IllegalArgumentException("validity must be positive: " + validity);
        }
        return Instant.now().plus(validity).truncatedTo(ChronoUnit.SECONDS);
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static void requireName(String what, String value) {
        if (!LocalIdentity.isName(value)) {
            throw new IllegalArgumentException("not a " + what + ": " + value);
        }
    }
}
