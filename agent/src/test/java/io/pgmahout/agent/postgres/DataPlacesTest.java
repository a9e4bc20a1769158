package io.pgmahout.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataPlacesTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "/var/lib/pg,                  /var/lib/pg,              true",
                "/var/lib/pg,                  /var/lib,                 false",
                "/var/my\\040own\\011volume,    \"/var/my own\tvolume\",  true",
                "/var/back\\134slash\\040x,     \"/var/back\\slash x\",    true",
                "/var/back\\134040x,           \"/var/back\\040x\",       true",
                "/var/daten-\u00fc,              /var/daten-\u00fc,          true",
            })
    void aMountPointIsKnownByItsNameInMountinfo(String field, String mountPoint, boolean is) {
        String line = "36 35 98:0 / " + field + " rw,noatime master:1 - ext4 /dev/root rw";
        String bytes = new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        assertThat(DataPlaces.mounts(bytes, mountPoint)).isEqualTo(is);
    }
}
