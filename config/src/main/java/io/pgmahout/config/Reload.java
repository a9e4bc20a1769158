package io.pgmahout.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What differs between the settings in effect and newly loaded ones, by key, in the order of the reference. */
public record Reload(List<String> applied, List<String> needRestart) {
    public Reload {
        applied = List.copyOf(applied);
        needRestart = List.copyOf(needRestart);
    }

    /** {@code applied}: keys whose new value a reload puts into effect; {@code needRestart}: the other changed ones. */
    public static Reload compare(Settings old, Settings next) {
        return new Reload(changed(old, next, true), changed(old, next, false));
    }

    /** Where each value in effect after the reload came from: the new origin only where the new value applies. */
    public static Map<String, Origin> origins(Loaded.Valid old, Loaded.Valid next) {
        Map<String, Origin> origins = new LinkedHashMap<>(next.origins());
        for (Key<?> key : Keys.ALL) {
            Origin before = old.origins().get(key.name());
            if (!key.reloadable() && before != null) {
                origins.put(key.name(), before);
            }
        }
        return origins;
    }

    public boolean nothingChanged() {
        return applied.isEmpty() && needRestart.isEmpty();
    }

    private static List<String> changed(Settings old, Settings next, boolean reloadable) {
        return Keys.ALL.stream()
                .filter(key -> key.reloadable() == reloadable)
                .filter(key -> !Objects.equals(key.read().apply(old), key.read().apply(next)))
                .map(Key::name)
                .toList();
    }
}
