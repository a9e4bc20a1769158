package io.pgmahout.agent.observe;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.io.Console;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Encodes each log event as one line, in the form that is set: JSON, human, or {@code auto}: human on a terminal.
 * The form may change at any time.
 */
public final class LineEncoder extends EncoderBase<ILoggingEvent> {

    /** Longer texts are cut, so that one line cannot fill a disk. */
    static final int MAX_TEXT = 8_192;

    private static final byte[] NONE = {};

    private volatile boolean json = true;
    private volatile boolean colours;

    /** {@code auto}, {@code json} or {@code human}, in any case; called before it starts and whenever the configuration says so. */
    public void setForm(String form) {
        boolean terminal = onTerminal();
        json = form.equalsIgnoreCase("json") || (!form.equalsIgnoreCase("human") && !terminal);
        colours = terminal && System.getenv("NO_COLOR") == null;
    }

    @Override
    public byte[] headerBytes() {
        return NONE;
    }

    @Override
    public byte[] footerBytes() {
        return NONE;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        String line = json ? JsonLine.of(event) : HumanLine.of(event, colours);
        return line.getBytes(StandardCharsets.UTF_8);
    }

    /** Cut to the limit, secrets blotted out. */
    static String shown(String text) {
        String masked = Masking.masked(text.length() > 4 * MAX_TEXT ? text.substring(0, 4 * MAX_TEXT) : text);
        return masked.length() <= MAX_TEXT ? masked : masked.substring(0, MAX_TEXT) + "…";
    }

    /** The stack trace, or null without an exception. */
    static @Nullable String trace(ILoggingEvent event) {
        return event.getThrowableProxy() == null ? null : shown(ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }

    private static boolean onTerminal() {
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }
}
