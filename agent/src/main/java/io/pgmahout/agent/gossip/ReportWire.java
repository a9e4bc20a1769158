package io.pgmahout.agent.gossip;

import io.pgmahout.agent.ha.MemberReport;
import io.pgmahout.agent.ha.Reach;
import io.pgmahout.agent.model.DataId;
import io.pgmahout.agent.model.Incarnation;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.VoterId;
import io.pgmahout.agent.model.WalPosition;
import io.pgmahout.protocol.PeerIdentity;
import io.pgmahout.protocol.v1.Role;
import io.pgmahout.protocol.v1.ServerState;
import org.jspecify.annotations.Nullable;

/** Translates a member's report. */
final class ReportWire {

    private ReportWire() {}

    static io.pgmahout.protocol.v1.MemberReport encode(MemberReport report) {
        io.pgmahout.protocol.v1.MemberReport.Builder builder = io.pgmahout.protocol.v1.MemberReport.newBuilder()
                .setMember(report.name().value())
                .setVoterId(report.voter().value())
                .setIncarnation(report.incarnation().value())
                .setPostgresAddress(report.address())
                .setAdminAddress(report.adminAddress())
                .setRole(encode(report.role()))
                .setServer(encode(report.server()))
                .setReceived(Wire.encode(report.position()))
                .setReplayed(Wire.encode(report.replayed()))
                .setReach(Wire.encode(
                        report.reach() == null ? null : report.reach().position()))
                .setReachPrimary(report.reach() != null && report.reach().primary())
                .setStreaming(report.streaming())
                .setPriority(report.priority())
                .setNofailover(report.nofailover())
                .setTermSeen(report.termSeen().value())
                .setPromisedTerm(report.promised().value())
                .setPermitUntilMs(report.permitMs())
                .setRule(report.rule());
        if (report.data() != null) {
            builder.setDataId(report.data().value());
        }
        if (report.systemIdentifier() != null) {
            builder.setSystemIdentifier(report.systemIdentifier());
        }
        if (report.following() != null) {
            builder.setFollowing(report.following().value());
        }
        if (report.obstacle() != null) {
            builder.setReason(report.obstacle());
        }
        return builder.build();
    }

    /** Name, voter and incarnation are those of the connection, whatever the message says. */
    static MemberReport decode(PeerIdentity peer, io.pgmahout.protocol.v1.MemberReport report) {
        return new MemberReport(
                new MemberName(peer.member()),
                new VoterId(peer.voterId()),
                new Incarnation(report.getIncarnation().isEmpty() ? peer.incarnation() : report.getIncarnation()),
                report.getPostgresAddress(),
                report.getAdminAddress(),
                decode(report.getRole()),
                decode(report.getServer()),
                report.getDataId().isEmpty() ? null : new DataId(report.getDataId()),
                report.getSystemIdentifier().isEmpty() ? null : report.getSystemIdentifier(),
                Wire.decode(report.getReceived()),
                Wire.decode(report.getReplayed()),
                reach(report),
                report.getFollowing().isEmpty() ? null : new MemberName(report.getFollowing()),
                report.getStreaming(),
                report.getPriority(),
                report.getNofailover(),
                Wire.term(report.getTermSeen()),
                Wire.term(report.getPromisedTerm()),
                report.getPermitUntilMs(),
                report.getReason().isEmpty() ? null : report.getReason(),
                report.getRule());
    }

    private static @Nullable Reach reach(io.pgmahout.protocol.v1.MemberReport report) {
        WalPosition position = Wire.decode(report.getReach());
        return position == null ? null : new Reach(position, report.getReachPrimary());
    }

    private static Role encode(MemberReport.Role role) {
        return switch (role) {
            case PRIMARY -> Role.ROLE_PRIMARY;
            case STANDBY -> Role.ROLE_STANDBY;
            case NONE -> Role.ROLE_NONE;
        };
    }

    private static MemberReport.Role decode(Role role) {
        return switch (role) {
            case ROLE_PRIMARY -> MemberReport.Role.PRIMARY;
            case ROLE_STANDBY -> MemberReport.Role.STANDBY;
            case ROLE_NONE, ROLE_UNKNOWN, UNRECOGNIZED -> MemberReport.Role.NONE;
        };
    }

    private static ServerState encode(MemberReport.ServerState state) {
        return switch (state) {
            case EMPTY -> ServerState.SERVER_STATE_EMPTY;
            case MISSING -> ServerState.SERVER_STATE_MISSING;
            case TORN -> ServerState.SERVER_STATE_TORN;
            case STOPPED -> ServerState.SERVER_STATE_NONE;
            case STARTING -> ServerState.SERVER_STATE_STARTING;
            case RUNNING -> ServerState.SERVER_STATE_RUNNING;
            case STOPPING -> ServerState.SERVER_STATE_STOPPING;
            case FROZEN -> ServerState.SERVER_STATE_FROZEN;
            case REBUILDING -> ServerState.SERVER_STATE_REBUILDING;
        };
    }

    private static MemberReport.ServerState decode(ServerState state) {
        return switch (state) {
            case SERVER_STATE_EMPTY -> MemberReport.ServerState.EMPTY;
            case SERVER_STATE_MISSING -> MemberReport.ServerState.MISSING;
            case SERVER_STATE_TORN -> MemberReport.ServerState.TORN;
            case SERVER_STATE_STARTING -> MemberReport.ServerState.STARTING;
            case SERVER_STATE_RUNNING -> MemberReport.ServerState.RUNNING;
            case SERVER_STATE_STOPPING -> MemberReport.ServerState.STOPPING;
            case SERVER_STATE_FROZEN -> MemberReport.ServerState.FROZEN;
            case SERVER_STATE_REBUILDING -> MemberReport.ServerState.REBUILDING;
            case SERVER_STATE_NONE, SERVER_STATE_UNKNOWN, UNRECOGNIZED -> MemberReport.ServerState.STOPPED;
        };
    }
}
