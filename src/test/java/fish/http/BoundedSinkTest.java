package fish.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xnio.conduits.StreamSinkConduit;

class BoundedSinkTest {
    private static final int MAX = BoundedSink.WRITE_BYTES_MAX;

    private final List<String> writes = new ArrayList<>();
    private final BoundedSink sink = new BoundedSink((StreamSinkConduit) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {StreamSinkConduit.class}, (proxy, method, arguments) -> {
                ByteBuffer[] given = arguments.length == 1
                        ? new ByteBuffer[] {(ByteBuffer) arguments[0]}
                        : List.of((ByteBuffer[]) arguments[0])
                                .subList((int) arguments[1], (int) arguments[1] + (int) arguments[2])
                                .toArray(ByteBuffer[]::new);
                int bytes = 0;
                for (ByteBuffer buffer : given) {
                    bytes += buffer.remaining();
                    buffer.position(buffer.limit());
                }
                writes.add(method.getName() + " " + bytes);
                if (arguments.length == 1) {
                    return bytes;
                }
                return (long) bytes;
            }));

    private static ByteBuffer[] buffers(int... sizes) {
        ByteBuffer[] buffers = new ByteBuffer[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            buffers[i] = ByteBuffer.allocate(sizes[i]);
        }
        return buffers;
    }

    @Test
    void aLargeOneGoesInPartsAndEndsWithTheLast() throws IOException {
        ByteBuffer large = ByteBuffer.allocate(2 * MAX + 1);
        while (large.hasRemaining()) {
            assertThat(sink.writeFinal(large)).isPositive();
        }
        assertThat(writes).containsExactly("write " + MAX, "write " + MAX, "writeFinal 1");
    }

    @Test
    void severalGoTogetherAsFarAsTheyFit() throws IOException {
        ByteBuffer[] some = buffers(7, 0, MAX - 8, 10, 0, MAX + 5, 3);
        int first = 1;
        long all = 0;
        for (long count = 1; count > 0; all += count) {
            while (first < some.length && !some[first].hasRemaining()) {
                first++;
            }
            count = first == some.length ? 0 : sink.writeFinal(some, first, some.length - first);
        }
        assertThat(all).isEqualTo(2 * MAX + 10);
        assertThat(writes).containsExactly("write " + (MAX - 8), "write 10", "write " + MAX, "writeFinal 8");
    }

    @Test
    void whatFitsIsLeftAsItIs() throws IOException {
        assertThat(sink.write(ByteBuffer.allocate(MAX))).isEqualTo(MAX);
        assertThat(sink.write(buffers(1, 2, 3), 1, 2)).isEqualTo(5);
        assertThat(sink.writeFinal(buffers(), 0, 0)).isZero();
        assertThat(writes).containsExactly("write " + MAX, "write 5", "writeFinal 0");
    }
}
