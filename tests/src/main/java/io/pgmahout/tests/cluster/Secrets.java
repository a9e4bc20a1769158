package io.pgmahout.tests.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;

/** A cluster's password and token, and the files in which they lie, readable for their owner alone. */
final class Secrets {

    private final Path directory;
    private final String password = UUID.randomUUID().toString();
    private final String token = UUID.randomUUID().toString();

    private Secrets(Path directory) {
        this.directory = directory;
    }

    /** Makes new ones and writes them into files of {@code directory}. */
    static Secrets create(Path directory) throws IOException {
        Secrets secrets = new Secrets(directory);
        write(secrets.passwordFile(), secrets.password);
        write(secrets.tokenFile(), secrets.token);
        write(secrets.clientPasswordFile(), "*:*:*:*:" + secrets.password);
        return secrets;
    }

    private static void write(Path file, String text) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text + "\n");
    }

    String password() {
        return password;
    }

    String token() {
        return token;
    }

    Path passwordFile() {
        return directory.resolve("password");
    }

    Path tokenFile() {
        return directory.resolve("token");
    }

    /** In the form that libpq reads; it fits every server. */
    Path clientPasswordFile() {
        return directory.resolve("pgpass");
    }
}
