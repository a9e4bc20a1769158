package io.pgmahout.agent.cli;

/** How a command ends, for scripts. Stable. */
public enum ExitCode {
    OK(0, "It was done; the cluster is healthy."),
    FAILED(1, "It was tried and failed, or the cluster is not healthy."),
    USAGE(2, "Wrong arguments, or a configuration that is not usable; nothing was done."),
    UNREACHABLE(3, "The agent, or the member that must do it, was not reached; nothing is known to have been done."),
    REFUSED(4, "The cluster refuses, another action runs, or the answer at the prompt was no; nothing was changed."),
    UNAUTHORISED(5, "The agent wants another token, or does not serve requests from here; nothing was changed."),
    UNKNOWN(6, "Nobody knows whether it was done, or it still goes on.");

    private final int code;
    private final String sentence;

    ExitCode(int code, String sentence) {
        this.code = code;
        this.sentence = sentence;
    }

    public int code() {
        return code;
    }

    /** What it means. */
    public String sentence() {
        return sentence;
    }
}
