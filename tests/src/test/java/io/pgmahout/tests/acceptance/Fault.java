package io.pgmahout.tests.acceptance;

import io.pgmahout.tests.cluster.EtcdNode;
import io.pgmahout.tests.cluster.LocalMember;
import io.pgmahout.tests.cluster.Network;

/** What can befall one member or its store, and how it ends. */
enum Fault {
    CUT_FROM_ALL,
    CUT_FROM_PEERS,
    CUT_FROM_STORE,
    CUT_FROM_ONE_PEER,
    MUTE,
    DEAF,
    MUTE_TO_ONE_PEER,
    MUTE_TO_STORE,
    LINK_DOWN,
    STORE_STOPPED,
    STORE_KILLED,
    NODE_LOST,
    AGENT_KILLED,
    POSTMASTER_KILLED,
    NODE_STOPPED,
    AGENT_STOPPED,
    GATE_STOPPED,
    SERVER_STOPPED;

    void begin(NetworkedCluster all, LocalMember member) {
        Network network = all.network();
        EtcdNode etcd = all.etcd();
        String peer = all.cluster().membersBut(member).getFirst().name();
        switch (this) {
            case CUT_FROM_ALL -> network.isolate(member.name());
            case CUT_FROM_PEERS -> network.cutFromPeers(member.name());
            case CUT_FROM_STORE -> network.cut(member.name(), Network.STORE);
            case CUT_FROM_ONE_PEER -> network.cut(member.name(), peer);
            case MUTE -> network.mute(member.name());
            case DEAF -> network.deafen(member.name());
            case MUTE_TO_ONE_PEER -> network.cutOneWay(member.name(), peer);
            case MUTE_TO_STORE -> network.cutOneWay(member.name(), Network.STORE);
            case LINK_DOWN -> network.unplug(member.name());
            case STORE_STOPPED -> etcd.signal("STOP");
            case STORE_KILLED -> etcd.kill();
            case NODE_LOST -> member.loseNode();
            case AGENT_KILLED -> member.killAgent();
            case POSTMASTER_KILLED -> member.killPostmaster();
            case NODE_STOPPED -> member.signalAll("STOP");
            case AGENT_STOPPED -> member.signalAgent("STOP");
            case GATE_STOPPED -> member.signalGate("STOP");
            case SERVER_STOPPED -> member.signalServer("STOP");
        }
    }

    void end(NetworkedCluster all, LocalMember member) {
        switch (this) {
            case CUT_FROM_ALL,
                    CUT_FROM_PEERS,
                    CUT_FROM_STORE,
                    CUT_FROM_ONE_PEER,
                    MUTE,
                    DEAF,
                    MUTE_TO_ONE_PEER,
                    MUTE_TO_STORE,
                    LINK_DOWN -> all.network().heal();
            case STORE_STOPPED -> all.etcd().signal("CONT");
            case STORE_KILLED -> all.etcd().restart();
            case NODE_LOST -> member.start();
            case AGENT_KILLED -> member.startAgent();
            case POSTMASTER_KILLED -> {}
            case NODE_STOPPED -> member.signalAll("CONT");
            case AGENT_STOPPED -> member.signalAgent("CONT");
            case GATE_STOPPED -> member.signalGate("CONT");
            case SERVER_STOPPED -> member.signalServer("CONT");
        }
    }
}
