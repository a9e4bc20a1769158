package io.pgmahout.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What postgres.parameters may not hold, or only with some values, and why. */
final class OwnedParameters {
    /** Parameters of PostgreSQL; {@code fits} says which values do no harm. */
    record Rule(List<String> parameters, Predicate<String> fits, String allowed, String why) {}

    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_$]*(\\.[a-z_][a-z0-9_$]*)*");
    private static final Set<String> ON = Set.of("on", "true", "yes", "1");
    private static final int VALUE_LIMIT = 1000;

    static final List<Rule> RULES = List.of(
            only(
                    "replica or logical",
                    Set.of("replica", "logical")::contains,
                    "standbys need the WAL of replication",
                    "wal_level"),
            only(
                    "on",
                    ON::contains,
                    "a standby that takes no connections cannot be watched or promoted",
                    "hot_standby"),
            only(
                    "on",
                    ON::contains,
                    "pg_rewind needs it to bring a former primary back",
                    "wal_log_hints",
                    "full_page_writes"),
            only(
                    "5 or more",
                    value -> atLeast(value, 5),
                    "every member, a clone and pg_rewind need one each",
                    "max_wal_senders",
                    "max_replication_slots"),
            only(
                    "latest",
                    "latest"::equals,
                    "a standby must follow the primary through a failover",
                    "recovery_target_timeline"),
            never("it says whom this member follows, which the agent decides", "primary_conninfo", "primary_slot_name"),
            never(
                    "it would end recovery, and make a second primary, by a rule of its own",
                    "recovery_target",
                    "recovery_target_action",
                    "recovery_target_inclusive",
                    "recovery_target_lsn",
                    "recovery_target_name",
                    "recovery_target_time",
                    "recovery_target_xid",
                    "promote_trigger_file",
                    "trigger_file",
                    "standby_mode"),
            never(
                    "WAL fetched past the agent could be of a branch that the cluster has left",
                    "restore_command",
                    "recovery_end_command"),
            never("it must change together with the cluster record", "synchronous_standby_names"),
            never("set postgres.listen", "listen_addresses", "port"),
            never("set postgres.socket-directory", "unix_socket_directories"),
            never("set postgres.data-directory", "data_directory"),
            never(
                    "the agent and the gate know where it is",
                    "config_file",
                    "hba_file",
                    "ident_file",
                    "external_pid_file"),
            never("members recognise each other by it", "cluster_name"),
            never(
                    "the agent keeps it short: its default makes a promotion take seconds",
                    "wal_retrieve_retry_interval"),
            never("it is a directive of the file, not a parameter", "include", "include_dir", "include_if_exists"));

    private OwnedParameters() {}

    /** What is wrong with setting this parameter (its name in lower case) to this value, if anything. */
    static Optional<String> refusal(String name, String value) {
        if (!NAME.matcher(name).matches()) {
            return Optional.of("is not a name of a PostgreSQL parameter");
        }
        if (value.length() > VALUE_LIMIT || value.chars().anyMatch(Character::isISOControl)) {
            return Optional.of("is longer than " + VALUE_LIMIT + " characters or more than one line");
        }
        return RULES.stream()
                .filter(rule -> rule.parameters().contains(name))
                .filter(rule -> !rule.fits().test(value.toLowerCase(Locale.ROOT)))
                .map(rule -> rule.allowed().isEmpty()
                        ? "is set by pgmahout: " + rule.why()
                        : "must be " + rule.allowed() + ": " + rule.why())
                .findFirst();
    }

    /** Whether the value of a parameter may hold a secret, going by its name. */
    static boolean mayHoldSecret(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return Stream.of("passw", "secret", "token", "passphrase", "conninfo", "credential")
                .anyMatch(lower::contains);
    }

    private static Rule only(String allowed, Predicate<String> fits, String why, String... parameters) {
        return new Rule(List.of(parameters), fits, allowed, why);
    }

    private static Rule never(String why, String... parameters) {
        return new Rule(List.of(parameters), ignored -> false, "", why);
    }

    private static boolean atLeast(String value, int least) {
        return value.matches("[0-9]{1,6}") && Integer.parseInt(value) >= least;
    }
}
