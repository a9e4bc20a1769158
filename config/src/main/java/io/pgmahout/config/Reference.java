package io.pgmahout.config;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** The reference of the configuration, made from the declarations of the keys. */
public final class Reference {
    private Reference() {}

    /** The whole reference as a page of Markdown, ending with a newline. */
    public static String markdown() {
        return INTRODUCTION + keys() + relations() + parameters() + former() + foreign();
    }

    private static final String INTRODUCTION = """
            # Configuration

            This page is made from the code (`pgmahout config reference`); a test fails when it is out of date.

            Every value comes from the last of these that gives it: the default, the one YAML file, the environment,
            the command line. Lists are replaced as a whole; `postgres.parameters` is merged name by name.

            - **File.** Sections nest (`failover:` above `peer-lease: 750ms`); a dotted name (`failover.peer-lease: 750ms`)
              means the same. Values are taken as they are written: `0700` stays `0700`, `on` stays `on`. No aliases, no tags,
              no name twice.
            - **Environment.** The variable of a key is its name in capitals with `_` for dots and hyphens:
              `failover.peer-lease` is `PGMAHOUT_FAILOVER_PEER_LEASE`. Lists have commas between their items (`\\,` for a
              comma within one), `postgres.parameters` is `name=value,name=value`.
            - **Command line.** Overrides by key, lists as in the environment; `postgres.parameters.NAME` sets one parameter.

            A value may use `${env:NAME}`, which is the variable NAME; `$${` is a literal `${`; any other `${…}` is a problem.
            Durations are whole numbers with ms, s, m (or min), h or d; sizes have B, kB, MB, GB or TB with units of 1024, as
            PostgreSQL has them. Paths are absolute.

            Secrets are read from files only, named by keys that end in `-file`. Such a file, like a private key, has at
            most mode 0640: the group may read it, because root (or a kubelet, by fsGroup) owns it and the agent reads it
            through its group; others may do nothing and nobody but the owner may write. Line ends at its end do not count.

            All problems are reported at once, each with file and line, key, value and what is allowed; nothing starts
            while there is one. SIGHUP and `pgmahout reload` put the keys marked *reload* into effect; the others wait for a
            restart of the agent, which does not disturb the server.
            """;

    private static String keys() {
        return Keys.ALL.stream()
                .map(Reference::section)
                .distinct()
                .map(Reference::keys)
                .collect(Collectors.joining());
    }

    private static String keys(String section) {
        String rows = Keys.ALL.stream()
                .filter(key -> section(key).equals(section))
                .map(Reference::row)
                .collect(Collectors.joining());
        return "\n## `" + section + "`\n\n| key | default | what it is | allowed | change takes effect on |\n"
                + "| --- | --- | --- | --- | --- |\n" + rows;
    }

    private static String row(Key<?> key) {
        String standard = key.standard()
                .map(text -> text.isEmpty() ? "empty" : "`" + text + "`")
                .orElse(key.required() ? "**required**" : "none");
        return cells(
                "`" + key.name() + "`" + (key.secret() ? " (secret)" : ""),
                standard,
                key.sentence(),
                key.type().allowed(),
                key.reloadable() ? "reload" : "restart");
    }

    private static String relations() {
        return "\n## What must hold between keys\n\n" + rules(false) + "\nThese are warnings only:\n\n" + rules(true)
                + """

                The relations above keep the timings sound whatever is set; heartbeats and renewals have no keys of their own.
                With the default `failover.clock-drift` of 0.10 each clock may be off by 4.7 %. A time daemon that corrects
                a large error faster than that (chrony's `maxslewrate` allows 8.3 % by default) should be told not to while
                the cluster runs, or the drift be raised.
                """;
    }

    private static String rules(boolean warnings) {
        return Configuration.RELATIONS.stream()
                .filter(relation -> relation.warning() == warnings)
                .map(relation -> "- " + relation.rule() + ".\n")
                .collect(Collectors.joining());
    }

    private static String parameters() {
        return "\n## What `postgres.parameters` may not hold\n\n| parameter | allowed | why |\n| --- | --- | --- |\n"
                + OwnedParameters.RULES.stream()
                        .map(rule -> cells(
                                rule.parameters().stream()
                                        .map(name -> "`" + name + "`")
                                        .collect(Collectors.joining(", ")),
                                rule.allowed().isEmpty() ? "nothing" : rule.allowed(),
                                rule.why()))
                        .collect(Collectors.joining());
    }

    private static String former() {
        return "\n## Names that are no keys\n\nReported with what to do instead, since other daemons and habits have them:\n\n"
                + "| name | |\n| --- | --- |\n"
                + Former.ALL.stream()
                        .map(former -> cells("`" + former.name() + "`", former.instead()))
                        .collect(Collectors.joining());
    }

    private static String foreign() {
        return "\n## Variables that set no key\n\nEvery other variable that starts with `PGMAHOUT_` is a problem; these belong to"
                + " the gate or to the launcher:\n"
                + Keys.FOREIGN_VARIABLES.stream()
                        .sorted()
                        .map(variable -> "`" + variable + "`")
                        .collect(Collectors.joining(", "))
                + ".\n";
    }

    private static String section(Key<?> key) {
        int dot = key.name().indexOf('.');
        return dot < 0 ? key.name() : key.name().substring(0, dot);
    }

    private static String cells(String... cells) {
        return List.of(cells).stream()
                .map(cell -> Objects.requireNonNull(cell).replace("|", "\\|"))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}
