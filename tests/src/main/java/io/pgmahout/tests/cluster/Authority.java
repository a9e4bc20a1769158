package io.pgmahout.tests.cluster;

import io.pgmahout.protocol.PemContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLContext;

/**
 * A cluster's own certificates, made by the command line as an operator makes them, and the token of its admin ports.
 * All files lie in one directory of {@link ServerUser}.
 */
final class Authority {

    private final Path directory;
    private final String cluster;
    private final Installation programs;
    private final String token = UUID.randomUUID().toString();
    private final HttpClient http;

    private Authority(Path directory, String cluster, Installation programs) {
        this.directory = directory;
        this.cluster = cluster;
        this.programs = programs;
        certs("ca");
        http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .sslContext(trust())
                .build();
    }

    static Authority create(Path directory, String cluster, Installation programs) {
        try {
            Files.createDirectories(directory);
            ServerUser.own(directory);
            Authority authority = new Authority(directory, cluster, programs);
            Path file = Files.createFile(
                    directory.resolve("token"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, authority.token + "\n");
            ServerUser.own(file);
            return authority;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes the certificate and the key of somebody who is reached at these hosts. */
    void issue(String name, String... hosts) {
        List<String> words = new ArrayList<>(List.of("member", name));
        for (String host : hosts) {
            words.addAll(List.of("--host", host));
        }
        certs(words.toArray(String[]::new));
    }

    private void certs(String... words) {
        List<String> command = programs.withAllLibraries(List.of());
        command.add("certs");
        command.addAll(List.of(words));
        command.addAll(List.of("--dir", directory.toString(), "--cluster", cluster));
        ServerUser.run(ServerUser.command(command));
    }

    Path authorityFile() {
        return directory.resolve("ca.crt");
    }

    Path certificateFile(String name) {
        return directory.resolve(name + ".crt");
    }

    Path keyFile(String name) {
        return directory.resolve(name + ".key");
    }

    /** What a member's configuration says of gossip and the admin port. */
    Map<String, String> settings(String name) {
        Map<String, String> keys = new LinkedHashMap<>();
        for (String section : List.of("gossip.tls", "admin.tls")) {
            keys.putAll(settings(section, name));
        }
        keys.put("admin.token-file", directory.resolve("token").toString());
        return keys;
    }

    /** The files of one section. */
    Map<String, String> settings(String section, String name) {
        return Map.of(
                section + ".ca-file", authorityFile().toString(),
                section + ".certificate-file", certificateFile(name).toString(),
                section + ".key-file", keyFile(name).toString());
    }

    /** An admin port, asked as an operator who has the token asks it. */
    AdminPort admin(String hostAndPort) {
        return new AdminPort("https://" + hostAndPort, http, Optional.of(token));
    }

    private SSLContext trust() {
        try {
            return PemContext.trusting(authorityFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
