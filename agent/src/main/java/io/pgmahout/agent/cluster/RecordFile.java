package io.pgmahout.agent.cluster;

import com.google.gson.JsonObject;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The file {"version":n,"record":{…}}, replaced as a whole and durably. Whoever calls holds the lock.
 *
 * @param path in a directory that exists
 */
record RecordFile(Path path) {

    /** A record is some kilobytes; what is longer is not one. */
    static final long MAX_BYTES = 1 << 20;

    /** The file's content, unknown fields and all. */
    record Envelope(JsonObject whole, long version, JsonObject record) {}

    /** Null when there is no file. */
    @Nullable
    Envelope read() throws IOException, UnreadableException {
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw new UnreadableException(path + " is longer than " + MAX_BYTES + " bytes");
            }
            JsonFields whole = JsonFields.parse(path.toString(), Files.readString(path));
            long version = whole.whole("version");
            if (version < 1) {
                throw new UnreadableException(path + ".version is not positive: " + version);
            }
            return new Envelope(whole.object(), version, whole.fields("record").object());
        } catch (NoSuchFileException e) {
            return null;
        } catch (CharacterCodingException e) {
            throw new UnreadableException(path + " is not UTF-8", e);
        }
    }

    /**
     * Replaces the content; on the disk when this returns. {@code commit} is asked once, before the new content can
     * be seen by anyone: false leaves everything as it is, and is returned.
     */
    boolean replace(JsonObject whole, BooleanSupplier commit) throws IOException {
        Path next = path.resolveSibling(path.getFileName() + ".next");
        ByteBuffer bytes = ByteBuffer.wrap((whole + "\n").getBytes(StandardCharsets.UTF_8));
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        if (!commit.getAsBoolean()) {
            return false;
        }
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(path.resolveSibling("."), StandardOpenOption.READ)) {
            directory.force(true);
        }
        return true;
    }
}
