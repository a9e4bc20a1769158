package io.pgmahout.config;

import java.util.List;
import java.util.Map;

/** A value as its source gives it, before the type of its key is applied. */
sealed interface Given {
    Origin origin();

    /** One scalar, as it was written. */
    record Text(String text, Origin origin) implements Given {}

    /** A list; each item knows its own line. */
    record Items(List<Text> items, Origin origin) implements Given {}

    /** The entries of a table, collected from every source, by lower-case name. */
    record Table(Map<String, Given> entries, Origin origin) implements Given {}
}
