/**
 * The Java client of Fish: the HTTP contract, with time limits, retries and several front-ends taken care of. {@link
 * fish.client.FishClient} is where to start; it knows nothing of how a node is made.
 *
 * <pre>{@code
 * try (FishClient fish = FishClient.open(ClientConfig.of("http://localhost:8000", "http://localhost:8001"))) {
 *     fish.put(Key.of("greeting"), Values.text("hello"));
 *     fish.transact(tx -> tx.put(Key.of("copy"), tx.get(Key.of("greeting")).orElseThrow()));
 * }
 * }</pre>
 */
@NullMarked
package fish.client;

import org.jspecify.annotations.NullMarked;
