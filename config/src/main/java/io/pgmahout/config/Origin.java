package io.pgmahout.config;

import java.nio.file.Path;

/** Where a value came from. */
public sealed interface Origin {
    /** The default of the key, or nowhere when a value is missing and no file was given. */
    record Default() implements Origin {
        @Override
        public String toString() {
            return "default";
        }
    }

    /** A line of the file, counted from 1; 0 is the file as a whole. */
    record File(Path path, int line) implements Origin {
        @Override
        public String toString() {
            return line == 0 ? path.toString() : path + ":" + line;
        }
    }

    /** A variable of the environment. */
    record Environment(String name) implements Origin {
        @Override
        public String toString() {
            return "environment " + name;
        }
    }

    /** An override of the command line. */
    record CommandLine() implements Origin {
        @Override
        public String toString() {
            return "command line";
        }
    }
}
