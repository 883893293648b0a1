package fish.link;

import java.time.Duration;

/**
 * What one connection may cost, at either end. Both ends should have the same.
 *
 * @param frameBytesMax the largest frame, sent or taken
 * @param queueFramesMax frames that wait to be written; a sender beyond it is refused at once
 * @param queueBytesMax bytes of such frames, at least one frame
 * @param requestsMax requests of one connection that are not answered yet; more are refused as overloaded
 * @param requestBytesMax frame bytes of such requests at the server, at least one frame
 * @param connectionsMax connections that a server takes
 * @param pingEvery who has sent nothing for so long sends a ping; at least 2 ms
 * @param silenceMax a peer from which nothing came for so long, or which took nothing of what waits for it,
 *     is given up; at least twice {@code pingEvery}
 */
public record LinkLimits(
        int frameBytesMax,
        int queueFramesMax,
        long queueBytesMax,
        int requestsMax,
        long requestBytesMax,
        int connectionsMax,
        Duration pingEvery,
        Duration silenceMax) {
    /** Takes the largest transaction, 8 MiB of keys and values, with all that is said about them. */
    public static final int FRAME_BYTES_MAX = (9 << 20) + (64 << 10);

    public static final int QUEUE_FRAMES_MAX = 8192;
    public static final long QUEUE_BYTES_MAX = 64L << 20;
    public static final int REQUESTS_MAX = 4096;
    public static final long REQUEST_BYTES_MAX = 64L << 20;
    /** What an idle connection has of memory beyond the heap, at each end: its two buffers. */
    public static final int CONNECTION_BYTES = 2 * FrameChannel.BUFFER_BYTES;

    /** A quarter of the memory beyond the heap, which Java bounds as it does the heap; at most so many all the same. */
    public static final int CONNECTIONS_MAX =
            (int) Math.max(64, Math.min(512, Runtime.getRuntime().maxMemory() / 4 / CONNECTION_BYTES));

    public static final Duration PING_EVERY = Duration.ofMillis(500);
    public static final Duration SILENCE_MAX = Duration.ofSeconds(3);

    private static final int ARRIVAL_SILENCES = 100;
    private static final int UNPROVEN_ARRIVAL_SILENCES = 10;

    /** The named defaults. */
    public static final LinkLimits DEFAULT = new LinkLimits(
            FRAME_BYTES_MAX,
            QUEUE_FRAMES_MAX,
            QUEUE_BYTES_MAX,
            REQUESTS_MAX,
            REQUEST_BYTES_MAX,
            CONNECTIONS_MAX,
            PING_EVERY,
            SILENCE_MAX);

    public LinkLimits {
        require(frameBytesMax >= 1024, "frameBytesMax is at least 1024");
        require(queueFramesMax >= 1, "queueFramesMax is at least 1");
        require(queueBytesMax >= frameBytesMax, "queueBytesMax is at least frameBytesMax");
        require(requestsMax >= 1, "requestsMax is at least 1");
        require(requestBytesMax >= frameBytesMax, "requestBytesMax is at least frameBytesMax");
        require(connectionsMax >= 1, "connectionsMax is at least 1");
        require(pingEvery.toMillis() >= 2, "pingEvery is at least 2 ms");
        require(silenceMax.compareTo(pingEvery.multipliedBy(2)) >= 0, "silenceMax is at least twice pingEvery");
    }

    /** How long a peer may take for one message, from when it has begun it or was let send it: 5 min by default. */
    Duration arrivalMax() {
        return silenceMax.multipliedBy(ARRIVAL_SILENCES);
    }

    /** As {@link #arrivalMax}, of who has not shown that it is a node: 30 s by default, as for a body. */
    Duration unprovenArrivalMax() {
        return silenceMax.multipliedBy(UNPROVEN_ARRIVAL_SILENCES);
    }

    /** The same, with so many bytes that may wait to be written, or more where one frame needs it. */
    public LinkLimits queueing(long bytes) {
        return new LinkLimits(
                frameBytesMax,
                queueFramesMax,
                Math.max(bytes, 2L * frameBytesMax),
                requestsMax,
                requestBytesMax,
                connectionsMax,
                pingEvery,
                silenceMax);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
