package io.pgmahout.agent.cli;

import io.pgmahout.protocol.Certificates;
import io.pgmahout.protocol.TlsFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The cluster's certificates. */
@Command(
        description = "Make the cluster's own authority and the members' certificates.",
        synopsisSubcommandLabel = "COMMAND")
final class CertsCommand implements Runnable {

    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    CertsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Which command?");
    }

    @Command(name = "ca", description = "Make the authority: ca.crt and ca.key. Keep the key away from the members.")
    Integer authority(
            @Option(names = "--dir", required = true, paramLabel = "DIR", description = "Where the files go.") Path dir,
            @Option(names = "--cluster", required = true, paramLabel = "NAME", description = "The cluster.")
                    String cluster,
            @Option(names = "--days", defaultValue = "3650", paramLabel = "N", description = "Valid for (3650).")
                    int days) {
        try {
            terminal.out().println(Certificates.createAuthority(dir, cluster, validity(days)));
            return ExitCode.OK.code();
        } catch (FileAlreadyExistsException e) {
            throw new CommandFailedException(
                    ExitCode.REFUSED, e.getFile() + " is there: an authority is never replaced.");
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw failed(e);
        }
    }

    @Command(name = "member", description = "Make or renew a member's certificate: MEMBER.crt and MEMBER.key.")
    Integer member(
            @Parameters(paramLabel = "MEMBER", description = "The member.") String member,
            @Option(names = "--dir", required = true, paramLabel = "DIR", description = "Where the authority is.")
                    Path dir,
            @Option(names = "--cluster", required = true, paramLabel = "NAME", description = "The cluster.")
                    String cluster,
            @Option(
                            names = "--host",
                            paramLabel = "HOST",
                            description = "A host name or address of it; repeat for each. The admin port needs it.")
                    @Nullable
                    List<String> hosts,
            @Option(names = "--days", defaultValue = "365", paramLabel = "N", description = "Valid for (365).")
                    int days) {
        try {
            TlsFiles files =
                    Certificates.createMember(dir, cluster, member, hosts == null ? List.of() : hosts, validity(days));
            terminal.out().println(files.certificate());
            terminal.out().println(files.key());
            return ExitCode.OK.code();
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw failed(e);
        }
    }

    private static Duration validity(int days) {
        if (days < 1 || days > 36_500) {
            throw new CommandFailedException(ExitCode.USAGE, "--days is 1 to 36500.");
        }
        return Duration.ofDays(days);
    }

    private static CommandFailedException failed(Exception cause) {
        ExitCode code = cause instanceof IllegalArgumentException ? ExitCode.USAGE : ExitCode.FAILED;
        return new CommandFailedException(code, cause.getMessage() == null ? cause.toString() : cause.getMessage());
    }
}
