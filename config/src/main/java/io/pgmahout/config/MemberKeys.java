package io.pgmahout.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Who the member is. */
final class MemberKeys {
    static final Key<String> CLUSTER = Key.required(
            "cluster",
            // 63 of a DNS label less room for what Kubernetes and we append to it (-rw, -0, a revision hash).
            Types.matching(
                    "a DNS label: a lower-case letter, then letters, digits and hyphens, no hyphen at the end, at most 52",
                    "[a-z]([-a-z0-9]{0,50}[a-z0-9])?"),
            "Name of the cluster, the same for all its members.",
            s -> Optional.of(s.cluster()));
    static final Key<String> NAME = Key.required(
            "member.name",
            Types.matching(
                    "a DNS label: lower-case letters, digits and hyphens, no hyphen at either end, at most 63",
                    "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"),
            "Name of this member, unique in its cluster.",
            s -> Optional.of(s.member().name()));
    static final Key<Integer> PRIORITY = Key.standard(
                    "member.priority",
                    Types.integer(0, 1000),
                    "100",
                    "Among members with the same WAL position, the one with the greater priority leads.",
                    s -> s.member().priority())
            .onReload();
    static final Key<Boolean> NOFAILOVER = Key.standard(
                    "member.nofailover",
                    Types.BOOLEAN,
                    "false",
                    "Whether this member must never become primary by itself.",
                    s -> s.member().nofailover())
            .onReload();
    static final Key<Path> STATE_DIRECTORY = Key.standard(
            "member.state-directory",
            Types.PATH,
            "/var/lib/pgmahout",
            "Directory of the member's voter id and promises; it must survive a restart of the machine.",
            s -> s.member().stateDirectory());
    static final Key<Path> RUN_DIRECTORY = Key.standard(
            "member.run-directory",
            Types.PATH,
            "/run/pgmahout",
            "Private directory through which agent and gate talk (the gate's --run).",
            s -> s.member().runDirectory());

    static final List<Key<?>> ALL = List.of(CLUSTER, NAME, PRIORITY, NOFAILOVER, STATE_DIRECTORY, RUN_DIRECTORY);

    private MemberKeys() {}

    static MemberSettings from(Values values) {
        return new MemberSettings(
                values.get(NAME),
                values.get(PRIORITY),
                values.get(NOFAILOVER),
                values.get(STATE_DIRECTORY),
                values.get(RUN_DIRECTORY));
    }
}
