package io.pgmahout.agent.postgres;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What can be told of a directory without reading its files: names, sizes, and when each file or directory was last
 * changed, by the change time that no program sets. Two that are alike with more than a clock tick between them mean
 * that nothing was written in between.
 *
 * @param entries how many files and directories, links followed
 * @param sum of a hash of each
 */
record DataPrint(long entries, long sum) {

    /** Fails when something cannot be looked at. */
    static DataPrint of(Path directory) throws IOException {
        Sum sum = new Sum(directory);
        Files.walkFileTree(directory, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, sum);
        return new DataPrint(sum.entries, sum.sum);
    }

    private static final class Sum extends SimpleFileVisitor<Path> {

        private final Path root;
        private long entries;
        private long sum;

        Sum(Path root) {
            this.root = root;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            add(file, attributes);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            add(directory, Files.readAttributes(directory, BasicFileAttributes.class));
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (file.equals(root.resolve("lost+found"))) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        private void add(Path file, BasicFileAttributes attributes) throws IOException {
            Object changed = Files.getAttribute(file, "unix:ctime");
            long hash = Objects.hash(file.toString(), changed, attributes.lastModifiedTime());
            entries++;
            // Order does not matter; a multiplier that is odd loses nothing.
            sum += (hash * 31 + attributes.size()) * 0x9E3779B97F4A7C15L;
        }
    }
}
