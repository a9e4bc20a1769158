package io.pgmahout.agent.admin;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * One operation of the admin port.
 *
 * @param path exact, or with {@code {id}} as its last part
 * @param open done without token, whoever asks
 * @param answer called on a network thread, returns at once; throws {@link RefusedException}
 */
record Route(String method, String path, boolean open, Function<Request, CompletionStage<Reply>> answer) {

    boolean matches(String asked) {
        int variable = path.indexOf("{id}");
        return variable < 0
                ? path.equals(asked)
                : asked.startsWith(path.substring(0, variable))
                        && asked.length() > variable
                        && asked.indexOf('/', variable) < 0;
    }
}
