package io.pgmahout.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * A file with one secret. Its mode is at most 0640: the group may read, because root (or the kubelet, by
 * fsGroup) owns such files and the agent reads them through its group; others may do nothing, and nobody but the owner may
 * write. Line ends at the end are not part of the secret.
 */
final class SecretFile {
    private static final int LIMIT_BYTES = 8192;
    private static final Set<PosixFilePermission> PERMITTED =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.GROUP_READ);

    static final ScalarType<Secret> TYPE = new ScalarType<>(
            "the absolute path of a file of mode 0640 or stricter that holds the secret in one line",
            text -> read(Types.absolute(text)),
            Secret::toString);

    private SecretFile() {}

    /** Throws IllegalArgumentException, with a reason that does not quote the secret, if the file is not fit. */
    static Secret read(Path file) {
        checkPrivate(file);
        String content = content(file).replaceFirst("[\\r\\n]+$", "");
        if (content.isBlank()) {
            throw new IllegalArgumentException("names a file without a secret in it");
        }
        if (content.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("names a file with more than one line, or with control characters");
        }
        return Secret.of(content);
    }

    /** Throws IllegalArgumentException if it is not a readable regular file of mode 0640 or stricter. */
    static void checkPrivate(Path file) {
        Types.checkReadable(file);
        try {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
            if (!PERMITTED.containsAll(mode)) {
                throw new IllegalArgumentException("names a file of mode " + PosixFilePermissions.toString(mode)
                        + ", but at most rw-r----- keeps it from other users");
            }
        } catch (IOException failure) {
            throw new IllegalArgumentException("names a file whose mode cannot be read: " + failure, failure);
        }
    }

    private static String content(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LIMIT_BYTES + 1);
            if (bytes.length > LIMIT_BYTES) {
                throw new IllegalArgumentException("names a file of more than " + LIMIT_BYTES + " bytes");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException failure) {
            throw new IllegalArgumentException("names a file that is not UTF-8 text", failure);
        } catch (IOException failure) {
            throw new IllegalArgumentException("names a file that cannot be read: " + failure, failure);
        }
    }
}
