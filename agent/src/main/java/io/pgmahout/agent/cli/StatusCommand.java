package io.pgmahout.agent.cli;

import com.google.gson.JsonElement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The cluster at a glance. */
@Command(description = "Show the cluster: members, roles, lag, and what is wrong. Exit code 1 when it is not healthy.")
final class StatusCommand extends ReadCommand {

    @Option(
            names = {"-w", "--watch"},
            arity = "0..1",
            paramLabel = "SECONDS",
            defaultValue = "0",
            fallbackValue = "1",
            description = "Show it again every so many seconds (1), until Ctrl-C.")
    private int watchSeconds;

    @Option(
            names = "--times",
            paramLabel = "N",
            defaultValue = "0",
            description = "With --watch: end after so many times.")
    private int times;

    StatusCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() {
        if (watchSeconds < 0 || watchSeconds > 3_600 || times < 0) {
            throw new CommandFailedException(ExitCode.USAGE, "--watch is 1 to 3600 seconds, --times is not negative.");
        }
        return watchSeconds == 0 ? super.call() : watch();
    }

    private int watch() {
        CountDownLatch never = new CountDownLatch(1);
        ExitCode last = ExitCode.OK;
        try (AdminClient client = access().client()) {
            for (int shown = 0; times == 0 || shown < times; shown++) {
                if (shown > 0 && never.await(watchSeconds, TimeUnit.SECONDS)) {
                    break;
                }
                last = once(client);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return last.code();
    }

    /** An agent that does not answer is something to watch too. */
    private ExitCode once(AdminClient client) {
        JsonElement answer;
        try {
            answer = ask(client);
        } catch (CommandFailedException e) {
            if (e.code() != ExitCode.UNREACHABLE) {
                throw e;
            }
            clear();
            terminal().out().println(terminal().red(e.text()));
            return e.code();
        }
        clear();
        return show(answer);
    }

    private void clear() {
        if (terminal().colours()) {
            terminal().out().print("\u001b[H\u001b[2J\u001b[3J");
        }
    }

    @Override
    JsonElement ask(AdminClient client) {
        return client.get("/status");
    }

    @Override
    String table(JsonElement answer) {
        return new StatusPage(terminal()).text(answer.getAsJsonObject());
    }

    @Override
    ExitCode verdict(JsonElement answer) {
        return Facts.flag(answer.getAsJsonObject(), "healthy") ? ExitCode.OK : ExitCode.FAILED;
    }
}
