package io.pgmahout.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A password or token. It never shows itself: {@link #toString} is a mask, and equality takes constant time. */
public final class Secret {
    /** What stands wherever a secret would be shown. */
    public static final String MASK = "********";

    private final String content;

    private Secret(String content) {
        this.content = content;
    }

    /** Throws IllegalArgumentException if the content is empty. */
    public static Secret of(String content) {
        if (content.isEmpty()) {
            throw new IllegalArgumentException("is empty");
        }
        return new Secret(content);
    }

    /** The content, for the one place that needs it. It must not be logged. */
    public String reveal() {
        return content;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(bytes(), secret.bytes());
    }

    @Override
    public int hashCode() {
        return content.hashCode();
    }

    @Override
    public String toString() {
        return MASK;
    }

    private byte[] bytes() {
        return content.getBytes(StandardCharsets.UTF_8);
    }
}
