package io.pgmahout.agent.gossip;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.pgmahout.protocol.v1.Envelope;
import java.util.ArrayList;
import java.util.List;

/** A message with one field changed: left out, or one of the values at which something ends. */
final class Variations {

    private static final List<Object> LONGS = List.of(
            0L,
            -1L,
            1L,
            4L,
            100_001L,
            1L << 26,
            1L << 31,
            1L << 40,
            1L << 62,
            Long.MAX_VALUE - 1,
            Long.MAX_VALUE,
            Long.MIN_VALUE);
    private static final List<Object> INTS = List.of(0, -1, 1, Integer.MAX_VALUE, Integer.MIN_VALUE);
    private static final List<Object> TEXTS = List.of("", " ", "a", "v-a", "x".repeat(5_000));

    private Variations() {}

    /** Of the body, and of what is in it. */
    static List<Envelope> of(Envelope envelope) {
        List<Envelope> all = new ArrayList<>();
        vary(envelope, all);
        return all;
    }

    @SuppressWarnings("unchecked") // a builder of a type builds that type
    private static <M extends Message> void vary(M message, List<M> all) {
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                if (message.hasField(field)) {
                    List<Message> parts = new ArrayList<>();
                    vary((Message) message.getField(field), parts);
                    parts.forEach(part -> all.add(
                            (M) message.toBuilder().setField(field, part).build()));
                }
            } else {
                for (Object value : values(field)) {
                    all.add((M) message.toBuilder().setField(field, value).build());
                }
            }
        }
    }

    private static List<Object> values(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case LONG -> LONGS;
            case INT -> INTS;
            case STRING -> TEXTS;
            case BOOLEAN -> List.of(true, false);
            case ENUM -> List.copyOf(field.getEnumType().getValues());
            case FLOAT, DOUBLE, BYTE_STRING, MESSAGE -> List.of();
        };
    }
}
