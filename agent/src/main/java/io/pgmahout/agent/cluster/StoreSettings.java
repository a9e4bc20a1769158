package io.pgmahout.agent.cluster;

/** Which store the record lives in, and how it is reached. */
public sealed interface StoreSettings permits FileSettings, EtcdSettings, KubernetesSettings {}
