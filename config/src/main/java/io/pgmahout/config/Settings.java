package io.pgmahout.config;

import java.util.Optional;

/**
 * All settings of one member, checked and immutable. {@link Configuration#load} makes them; a test may make
 * its own, since relations between keys are checked when they are loaded, not here.
 *
 * @param statefulSet in Kubernetes, whose pods the agents bring to its newest template
 */
public record Settings(
        String cluster,
        MemberSettings member,
        GossipSettings gossip,
        AdminSettings admin,
        StoreSettings store,
        PostgresSettings postgres,
        BootstrapSettings bootstrap,
        FailoverSettings failover,
        RebuildSettings rebuild,
        RoutingSettings routing,
        Optional<String> statefulSet,
        Optional<CallbackSettings> callback,
        LogSettings log) {}
