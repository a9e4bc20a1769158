package io.pgmahout.protocol;

import io.pgmahout.protocol.v1.Envelope;

/** A listener for what does not matter. */
final class Unheard implements GossipListener {
    @Override
    public void onMessage(PeerIdentity peer, Envelope message) {}

    @Override
    public void onConnected(PeerIdentity peer) {}

    @Override
    public void onDisconnected(PeerIdentity peer, DisconnectCause cause) {}

    @Override
    public void onRefused(Refusal refusal) {}

    @Override
    public void onBadData(String address, String text) {}

    @Override
    public void onCrowded(String address, long closed) {}
}
