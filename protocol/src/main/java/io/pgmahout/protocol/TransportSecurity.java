package io.pgmahout.protocol;

/** How connections are protected. Both sides of a cluster must use the same. */
public sealed interface TransportSecurity {

    /** Plain text, and only between loopback addresses: anything else is refused. */
    record PlainOnLoopback() implements TransportSecurity {}

    /** Plain text anywhere: whoever reaches the port may say it is any member. An explicit choice. */
    record PlainAnywhere() implements TransportSecurity {}

    /** TLS 1.3 with certificates on both sides, each naming its member and cluster. */
    record MutualTls(TlsFiles files) implements TransportSecurity {}
}
