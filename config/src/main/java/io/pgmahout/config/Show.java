package io.pgmahout.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is in effect and where it came from. */
public final class Show {
    /** One key, its value as it could be written again (empty if it has none, a mask if it is a secret), its origin. */
    public record Row(String key, String value, Origin origin) {}

    private Show() {}

    /** One row for each key in the order of the reference, for a table one for each entry. */
    public static List<Row> rows(Loaded.Valid loaded) {
        var rows = new ArrayList<Row>();
        for (Key<?> key : Keys.ALL) {
            if (key.type() instanceof TableType) {
                loaded.settings()
                        .postgres()
                        .parameters()
                        .forEach((name, value) -> rows.add(row(
                                loaded,
                                key.name() + "." + name,
                                OwnedParameters.mayHoldSecret(name) ? Secret.MASK : value)));
            } else {
                rows.add(row(loaded, key.name(), key.shown(loaded.settings()).orElse("")));
            }
        }
        return List.copyOf(rows);
    }

    private static Row row(Loaded.Valid loaded, String key, String value) {
        Map<String, Origin> origins = loaded.origins();
        return new Row(key, value, origins.getOrDefault(key, new Origin.Default()));
    }
}
