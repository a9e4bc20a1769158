package io.pgmahout.tests.kubernetes;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What the API server wrote down of requests by accounts of workloads, from a moment on. */
final class AuditLog {

    private static final Path FILE = Path.of("/var/lib/pgmahout-tests/kubernetes/log/audit");

    private final Instant begin;

    private AuditLog(Instant begin) {
        this.begin = begin;
    }

    static AuditLog from(Instant begin) {
        return new AuditLog(begin);
    }

    /** How many the members of a release have sent; a watch is one, when it begins. */
    long requestsOf(Release release) {
        return lines().stream()
                .filter(line -> isOf(release, line))
                .map(line -> line.get("auditID").getAsString())
                .distinct()
                .count();
    }

    /** Those that the API server refused for want of a right. */
    List<String> refused(Release release) {
        return lines().stream()
                .filter(line -> isOf(release, line))
                .filter(line -> line.has("responseStatus")
                        && line.getAsJsonObject("responseStatus").get("code").getAsInt() == 403)
                .map(line -> line.get("verb").getAsString() + " "
                        + line.get("requestURI").getAsString())
                .distinct()
                .toList();
    }

    private static boolean isOf(Release release, JsonObject line) {
        return line.getAsJsonObject("user")
                .get("username")
                .getAsString()
                .equals("system:serviceaccount:" + release.namespace() + ":" + release.name());
    }

    private List<JsonObject> lines() {
        List<JsonObject> lines = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(FILE)) {
                if (!line.endsWith("}")) {
                    // It is being written.
                    continue;
                }
                JsonObject json = JsonParser.parseString(line).getAsJsonObject();
                if (!Instant.parse(json.get("requestReceivedTimestamp").getAsString())
                        .isBefore(begin)) {
                    lines.add(json);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }
}
