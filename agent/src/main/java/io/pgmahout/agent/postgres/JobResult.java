package io.pgmahout.agent.postgres;

/**
 * How one of PostgreSQL's programs ended.
 *
 * @param status an exit status, {@code signal:N} or {@code timeout}
 */
record JobResult(String tool, String status, String out, String err) {

    boolean good() {
        return status.equals("0");
    }

    /** Passes a good result on. */
    JobResult orFail() throws ActionFailed {
        if (!good()) {
            throw ActionFailed.failed(complaint());
        }
        return this;
    }

    /** The tool's last words, at most 600 characters. */
    String complaint() {
        String words = err.strip().isEmpty() ? out.strip() : err.strip();
        String tail = words.length() > 600 ? "… " + words.substring(words.length() - 600) : words;
        return tool + " ended with " + status + ": " + tail;
    }
}
