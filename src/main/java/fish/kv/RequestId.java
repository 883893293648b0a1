package fish.kv;

/** Names one write for ever, so that it is recognised when it is sent again. */
public record RequestId(long high, long low) {}
