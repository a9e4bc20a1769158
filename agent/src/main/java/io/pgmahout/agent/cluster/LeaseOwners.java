package io.pgmahout.agent.cluster;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.pgmahout.agent.calls.Deadline;
import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import io.pgmahout.agent.kubernetes.KubernetesCalls;
import io.pgmahout.agent.kubernetes.KubernetesReply.Busy;
import io.pgmahout.agent.kubernetes.KubernetesReply.Denied;
import io.pgmahout.agent.kubernetes.KubernetesReply.Done;
import io.pgmahout.agent.kubernetes.KubernetesReply.Lost;
import io.pgmahout.agent.kubernetes.KubernetesReply.NotSent;
import io.pgmahout.agent.model.ClusterRecord;
import io.pgmahout.agent.model.MemberName;
import io.pgmahout.agent.model.Voter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the Lease belong to the volumes of the members' data, so that Kubernetes removes it when the last of them is
 * gone, and not before. Claims are asked for beside the writes, never before one: a reference comes with a later write.
 * What was heard of a claim is good for a minute only: Kubernetes takes away the references to claims that are gone,
 * and these are not to come back. Any thread.
 */
final class LeaseOwners {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseOwners.class);
    private static final Duration CALL_LIMIT = Duration.ofSeconds(2);

    /** How long what was heard of a claim is good for, and how often it is asked for. */
    private static final Duration FRESH = Duration.ofMinutes(1);

    private static final Duration ASK_EVERY = Duration.ofMinutes(10);

    private final LeaseApi api;
    private final KubernetesCalls calls;
    private final @Nullable String pattern;
    private final Map<MemberName, Claim> claims = new ConcurrentHashMap<>();

    /** What is known of a member's claim: its reference, null for none, until when, and when to ask again. */
    private record Claim(@Nullable JsonObject reference, Deadline freshUntil, Deadline askAt) {}

    LeaseOwners(LeaseApi api, KubernetesCalls calls, @Nullable String pattern) {
        this.api = api;
        this.calls = calls;
        this.pattern = pattern;
    }

    /** Adds to {@code lease} what is known of the claims of the record's voters, and asks for what is not. */
    void add(JsonObject lease, ClusterRecord record) {
        if (pattern == null) {
            return;
        }
        for (Voter voter : record.voters()) {
            Claim claim = claims.get(voter.member());
            if (claim == null || claim.askAt().passed()) {
                ask(pattern, voter.member());
            } else if (claim.reference() != null && !claim.freshUntil().passed()) {
                refer(lease.getAsJsonObject("metadata"), claim.reference());
            }
        }
    }

    private static void refer(JsonObject metadata, JsonObject reference) {
        JsonArray references = metadata.get("ownerReferences") instanceof JsonArray there ? there : new JsonArray();
        for (JsonElement present : references) {
            if (present instanceof JsonObject other && reference.get("uid").equals(other.get("uid"))) {
                return;
            }
        }
        references.add(reference.deepCopy());
        metadata.add("ownerReferences", references);
    }

    private void ask(String names, MemberName member) {
        String name = names.replace(KubernetesSettings.MEMBER, member.value());
        claims.put(member, new Claim(null, Deadline.after(Duration.ZERO), Deadline.after(ASK_EVERY)));
        Thread.ofVirtual().name("claim-" + name).start(() -> {
            switch (calls.send(api.claim(name), Deadline.after(CALL_LIMIT))) {
                case Done done -> heard(member, name, done.body());
                case Denied denied ->
                    LOG.warn("the Lease cannot belong to the claim {}: {}", name, api.claimRefusal(name, denied));
                // Whatever it was, it may be over soon.
                case Busy busy -> claims.remove(member);
                case NotSent notSent -> claims.remove(member);
                case Lost lost -> claims.remove(member);
            }
        });
    }

    private void heard(MemberName member, String name, JsonObject claim) {
        try {
            JsonObject reference = new JsonObject();
            reference.addProperty("apiVersion", "v1");
            reference.addProperty("kind", "PersistentVolumeClaim");
            reference.addProperty("name", name);
            reference.addProperty(
                    "uid",
                    new JsonFields("the claim " + name, claim)
                            .fields("metadata")
                            .text("uid"));
            claims.put(member, new Claim(reference, Deadline.after(FRESH), Deadline.after(ASK_EVERY)));
        } catch (UnreadableException e) {
            LOG.warn("the Lease cannot belong to the claim {}: {}", name, e.reason());
        }
    }
}
