package io.pgmahout.protocol;

import io.netty.channel.embedded.EmbeddedChannel;

/** Connections without a network. */
record Connections(TransportSettings settings) {

    /** One that is past hello. */
    Connection established() {
        LocalIdentity local = Messages.identity("demo", "m1");
        HelloCheck hellos = new HelloCheck(local, 1);
        Roster roster = new Roster(local, hellos, settings, new Unheard(), new Tally());
        FrameDecoder decoder = new FrameDecoder(settings.helloLimit());
        EmbeddedChannel channel = new EmbeddedChannel();
        Connection connection = new Connection(roster, channel, decoder, settings, null, false);
        channel.pipeline().addLast(decoder, connection);
        connection.establish(new PeerIdentity("m2", "v", "i", 2, 1, "", "", "", ""));
        return connection;
    }
}
