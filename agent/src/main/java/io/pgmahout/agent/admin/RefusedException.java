package io.pgmahout.agent.admin;

/** A request cannot be done for the reason that {@link #problem()} gives; turned into the answer in one place. */
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    RefusedException(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }
}
