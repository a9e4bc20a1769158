package io.pgmahout.agent.admin;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Map;
import java.util.TreeMap;

/**
 * Why a request was not done, as RFC 9457 has it.
 *
 * @param type stable, the last part of {@code urn:pgmahout:problem:…}
 * @param title what this type of problem is
 * @param detail what it is this time, a sentence for a person
 */
record Problem(
        int status,
        String type,
        String title,
        String detail,
        Map<String, JsonElement> more,
        Map<String, String> headers) {

    static final String PREFIX = "urn:pgmahout:problem:";

    Problem {
        more = Map.copyOf(more);
        headers = Map.copyOf(headers);
    }

    private Problem(int status, String type, String title, String detail) {
        this(status, type, title, detail, Map.of(), Map.of());
    }

    static Problem malformed(String detail) {
        return new Problem(400, "malformed", "The request is malformed", detail);
    }

    static Problem unauthorised(String detail, String challenge) {
        return new Problem(401, "unauthorised", "A token is needed", detail).header("WWW-Authenticate", challenge);
    }

    static Problem forbidden(String detail) {
        return new Problem(403, "forbidden", "The request is not allowed from there", detail);
    }

    static Problem notFound(String detail) {
        return new Problem(404, "not-found", "There is no such thing", detail);
    }

    static Problem method(String method, String allow) {
        return new Problem(405, "method", "The method is not allowed here", method + " is not one of " + allow)
                .header("Allow", allow);
    }

    static Problem timeout() {
        return new Problem(408, "timeout", "The request took too long", "It was not complete within its time.");
    }

    static Problem refused(String detail) {
        return new Problem(409, "refused", "The cluster refuses", detail);
    }

    static Problem busy(String id, String name) {
        JsonObject action = new JsonObject();
        action.addProperty("id", id);
        action.addProperty("name", name);
        return new Problem(409, "busy", "Another action runs", "A " + name + " runs as " + id + ".")
                .member("action", action)
                .header("Location", "/actions/" + id);
    }

    static Problem lengthRequired() {
        return new Problem(411, "length", "A length is required", "Send Content-Length, not chunks.");
    }

    static Problem tooLarge(int limit) {
        return new Problem(413, "too-large", "The body is too large", "At most " + limit + " bytes.");
    }

    static Problem addressTooLong() {
        return new Problem(414, "address-too-long", "The address is too long", "At most 4096 bytes.");
    }

    static Problem mediaType(String given) {
        return new Problem(415, "media-type", "The body is not JSON", "Send application/json, not " + given + ".");
    }

    static Problem misdirected(String detail) {
        return new Problem(421, "misdirected", "Another member must do this", detail);
    }

    static Problem unfit(String detail) {
        return new Problem(422, "unfit", "The request cannot be meant so", detail);
    }

    static Problem tooMany(String detail) {
        return new Problem(429, "too-many", "Too many requests", detail).header("Retry-After", "1");
    }

    static Problem headersTooLarge(int limit) {
        return new Problem(431, "headers-too-large", "The headers are too large", "At most " + limit + " bytes.");
    }

    static Problem internal(String detail) {
        return new Problem(500, "internal", "The agent failed", detail);
    }

    static Problem failed(String detail) {
        return new Problem(500, "failed", "It was tried and failed", detail);
    }

    static Problem unknown(String detail) {
        return new Problem(500, "unknown", "Nobody knows whether it was done", detail);
    }

    static Problem unreachable(String detail) {
        return new Problem(502, "unreachable", "The member that must do this was not reached", detail);
    }

    static Problem unavailable(String detail) {
        return new Problem(503, "unavailable", "Not now", detail).header("Retry-After", "1");
    }

    Problem member(String name, JsonElement value) {
        Map<String, JsonElement> all = new TreeMap<>(more);
        all.put(name, value);
        return new Problem(status, type, title, detail, all, headers);
    }

    Problem header(String name, String value) {
        Map<String, String> all = new TreeMap<>(headers);
        all.put(name, value);
        return new Problem(status, type, title, detail, more, all);
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("type", PREFIX + type);
        json.addProperty("title", title);
        json.addProperty("status", status);
        json.addProperty("detail", detail);
        new TreeMap<>(more).forEach(json::add);
        return json;
    }
}
