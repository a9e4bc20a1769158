package io.pgmahout.agent.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL and its gate refuse to run as root, and agent and gate share their user. So a test class that runs as
 * root becomes the user postgres while it lasts: the whole process, and all it starts. Another user stays itself.
 */
final class AsPostgres implements BeforeAllCallback, AfterAllCallback {

    private static final int PR_SET_DUMPABLE = 4;
    private static boolean changed;

    @Override
    public void beforeAll(ExtensionContext context) {
        if (uid() != 0) {
            return;
        }
        LoggerFactory.getLogger(AsPostgres.class).trace("becoming postgres");
        openClassPath();
        int[] ids = idsOfPostgres();
        // setgroups and the group first: afterwards there is no right to.
        setGroups(ids[1]);
        call("setresgid", ids[1], ids[1], 0);
        call("setresuid", ids[0], ids[0], 0);
        // Otherwise /proc/self belongs to root.
        call("prctl", PR_SET_DUMPABLE, 1, 0);
        changed = true;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (changed) {
            call("setresuid", 0, 0, 0);
            call("setresgid", 0, 0, 0);
            changed = false;
        }
    }

    private static int uid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Jars may lie where only root may look; what is open stays open. */
    private static void openClassPath() {
        try {
            AsPostgres.class.getClassLoader().getResources("no/such/resource").hasMoreElements();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int[] idsOfPostgres() {
        try {
            for (String line : Files.readAllLines(Path.of("/etc/passwd"))) {
                String[] fields = line.split(":", -1);
                if (fields[0].equals("postgres")) {
                    return new int[] {Integer.parseInt(fields[2]), Integer.parseInt(fields[3])};
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("there is no user postgres: install PostgreSQL");
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(String name, MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().find(name).orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
    }

    private static void setGroups(int group) {
        MemorySegment memory = Arena.global().allocate(ValueLayout.JAVA_INT);
        memory.set(ValueLayout.JAVA_INT, 0, group);
        invoke(function("setgroups", ValueLayout.JAVA_LONG, ValueLayout.ADDRESS), 1L, memory);
    }

    private static void call(String name, int first, int second, int third) {
        invoke(function(name, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT), first, second, third);
    }

    private static void invoke(MethodHandle handle, Object... arguments) {
        try {
            if (!Integer.valueOf(0).equals(handle.invokeWithArguments(arguments))) {
                throw new IllegalStateException("refused by the system: " + handle);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
