package io.pgmahout.protocol;

import java.nio.file.Path;

/**
 * The PEM files of mutual TLS.
 *
 * @param authority one or more certificates; a peer's must be signed by one of them
 * @param certificate own certificate, followed by intermediate ones if any
 * @param key its private key, PKCS#8, not encrypted
 */
public record TlsFiles(Path authority, Path certificate, Path key) {}
