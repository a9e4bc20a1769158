package io.pgmahout.agent.cli;

import io.pgmahout.agent.observe.EventCatalogue;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** The catalogue of events. */
@Command(description = "Print the catalogue of events as Markdown.")
final class EventsCommand implements Callable<Integer> {

    private final Terminal terminal;

    EventsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.out().print(EventCatalogue.markdown());
        return ExitCode.OK.code();
    }
}
