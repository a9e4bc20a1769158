package io.pgmahout.protocol;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * The private key of an authority, which other tools may have made: unlike a member's it may be in the older forms of
 * OpenSSL, {@code EC PRIVATE KEY} and {@code RSA PRIVATE KEY}, as Helm and cert-manager write them.
 */
final class AuthorityKey {

    private AuthorityKey() {}

    static PrivateKey read(Path file) throws IOException, GeneralSecurityException {
        JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.US_ASCII);
                PEMParser parser = new PEMParser(reader)) {
            // Before the key OpenSSL may write the parameters of its curve.
            for (Object found = parser.readObject(); found != null; found = parser.readObject()) {
                if (found instanceof PEMKeyPair pair) {
                    return converter.getPrivateKey(pair.getPrivateKeyInfo());
                }
                if (found instanceof PrivateKeyInfo key) {
                    return converter.getPrivateKey(key);
                }
            }
        } catch (PEMException e) {
            throw new GeneralSecurityException(file + " holds a key that cannot be used: " + e.getMessage(), e);
        }
        throw new GeneralSecurityException(file + " holds no unencrypted private key");
    }
}
