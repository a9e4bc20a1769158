package io.pgmahout.config;

import java.nio.file.Path;

/** PEM files of one side of mutual TLS: whom to trust, the own certificate chain, its private key. */
public record TlsSettings(Path caFile, Path certificateFile, Path keyFile) {}
