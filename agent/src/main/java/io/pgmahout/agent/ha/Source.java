package io.pgmahout.agent.ha;

import io.pgmahout.agent.model.MemberName;

/** A server to stream, clone or rewind from. */
public record Source(MemberName member, String address) {}
