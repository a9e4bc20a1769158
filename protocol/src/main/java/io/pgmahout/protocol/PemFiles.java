package io.pgmahout.protocol;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads certificates and keys in PEM with the JDK alone. Every message names the file: an IOException where it cannot be
 * read, a GeneralSecurityException where what it holds cannot be used.
 */
final class PemFiles {
    /** No file of ours comes near it; a wrong path must not fill the memory. */
    private static final int LIMIT_BYTES = 256 * 1024;

    private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String KEY_END = "-----END PRIVATE KEY-----";
    private static final Pattern OTHER_KEY = Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----");
    private static final List<String> KEY_KINDS = List.of("EC", "RSA", "EdDSA");

    private PemFiles() {}

    /** All certificates of a file, at least one. */
    static List<X509Certificate> certificates(Path file) throws IOException, GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> found;
        try {
            found = factory.generateCertificates(new ByteArrayInputStream(read(file))).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (CertificateException e) {
            throw new GeneralSecurityException(file + " holds what is no certificate: " + e.getMessage(), e);
        }
        if (found.isEmpty()) {
            throw new GeneralSecurityException(file + " holds no certificate");
        }
        return found;
    }

    /** The PKCS#8 key of a file: EC, RSA or EdDSA. */
    static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        String text = new String(read(file), StandardCharsets.US_ASCII);
        int begin = text.indexOf(KEY_BEGIN);
        if (begin < 0) {
            throw noKey(file, text);
        }
        int end = text.indexOf(KEY_END, begin);
        if (end < 0) {
            throw new GeneralSecurityException(file + " ends within its key");
        }
        PKCS8EncodedKeySpec encoded;
        try {
            encoded = new PKCS8EncodedKeySpec(
                    Base64.getMimeDecoder().decode(text.substring(begin + KEY_BEGIN.length(), end)));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException(file + " is damaged: " + e.getMessage(), e);
        }
        for (String kind : KEY_KINDS) {
            try {
                return KeyFactory.getInstance(kind).generatePrivate(encoded);
            } catch (InvalidKeySpecException e) {
                // The encoding does not say its kind in a way the JDK would read: each is tried.
            }
        }
        throw new GeneralSecurityException(file + " holds a key that is neither of " + KEY_KINDS);
    }

    private static GeneralSecurityException noKey(Path file, String text) {
        Matcher other = OTHER_KEY.matcher(text);
        return new GeneralSecurityException(
                other.find()
                        ? file + " holds no unencrypted PKCS#8 key but one that begins with " + other.group()
                                + "; convert it with: openssl pkcs8 -topk8 -nocrypt -in " + file + " -out NEW.key"
                        : file + " holds no private key (" + KEY_BEGIN + ")");
    }

    /** The signature that a key makes. */
    static String signature(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> key.getAlgorithm();
        };
    }

    /** True when what the key signs can be verified with the certificate's key. */
    static boolean belongTogether(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
        String algorithm = signature(key);
        byte[] probe = "pgmahout".getBytes(StandardCharsets.US_ASCII);
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(probe);
        byte[] signature = signer.sign();
        Signature verifier = Signature.getInstance(algorithm);
        try {
            verifier.initVerify(certified);
            verifier.update(probe);
            return verifier.verify(signature);
        } catch (java.security.InvalidKeyException | java.security.SignatureException e) {
            return false;
        }
    }

    private static byte[] read(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LIMIT_BYTES + 1);
        } catch (IOException e) {
            throw new IOException(file + " cannot be read: " + e, e);
        }
        if (bytes.length > LIMIT_BYTES) {
            throw new IOException(file + " is larger than " + LIMIT_BYTES + " bytes");
        }
        return bytes;
    }
}
