package io.pgmahout.agent.gossip;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.pgmahout.agent.ha.VoterFile;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Term;
import io.pgmahout.agent.model.VoterId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;

/**
 * The file in the state directory that holds a member's voter id and what it has promised. Whoever loses it is a new
 * voter: a promise that was forgotten must not come back as a vote.
 */
public final class VoterNote {
    private final Path file;
    private final MemberName member;

    public VoterNote(Path stateDirectory, MemberName member) {
        file = stateDirectory.resolve("voter.json");
        this.member = member;
    }

    /**
     * Reads the file, or makes a new voter and writes it down.
     *
     * @throws IOException when the file is there and cannot be understood, or is another member's, copied with its
     *     machine: a person must look at it, or remove it and so make this a new voter
     */
    public VoterFile open(Supplier<VoterId> newVoter) throws IOException {
        if (!Files.exists(file)) {
            VoterFile fresh = VoterFile.fresh(newVoter.get());
            write(fresh);
            return fresh;
        }
        try {
            JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            String owner = json.get("member").getAsString();
            if (!owner.equals(member.value())) {
                throw new IOException(file + " is of member " + owner + ", this is " + member
                        + ": two members with one voter id vote twice; remove it to make this member a new voter");
            }
            return new VoterFile(
                    new VoterId(json.get("voter").getAsString()),
                    new Term(json.get("promised").getAsLong()),
                    json.get("greatestLeaseMs").getAsLong(),
                    json.has("system") ? json.get("system").getAsString() : null);
        } catch (JsonParseException | IllegalStateException | NullPointerException | IllegalArgumentException e) {
            throw new IOException(file + " is not a voter file; remove it to make this member a new voter", e);
        }
    }

    /** Durable when it returns. */
    public void write(VoterFile voter) throws IOException {
        JsonObject json = new JsonObject();
        json.addProperty("member", member.value());
        json.addProperty("voter", voter.voter().value());
        json.addProperty("promised", voter.promised().value());
        json.addProperty("greatestLeaseMs", voter.greatestLeaseMs());
        if (voter.system() != null) {
            json.addProperty("system", voter.system());
        }
        Path directory = file.toAbsolutePath().getParent();
        Path temporary = file.resolveSibling("voter.json.new");
        try (FileChannel out = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap((json + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        if (directory != null) {
            try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
                entries.force(true);
            }
        }
    }
}
