package fish.client;

import java.net.URI;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What each front-end that brought no answer did last, as one caller met them. For one thread. */
final class Troubles {
    private final FrontEnds frontEnds;
    private final Map<URI, String> told = new LinkedHashMap<>();

    /** Those of which another try brings no more than the last. */
    private final Set<URI> hopeless = new HashSet<>();

    Troubles(FrontEnds frontEnds) {
        this.frontEnds = frontEnds;
    }

    void add(URI frontEnd, TryFailedException failure) {
        told.put(frontEnd, failure.detail());
        if (failure.lasting()) {
            hopeless.add(frontEnd);
        } else {
            hopeless.remove(frontEnd);
        }
    }

    /** Whether no further try of any of them can end otherwise. */
    boolean areLasting() {
        return hopeless.size() >= frontEnds.size();
    }

    /** {@code http://a:8000: connection refused; http://b:8000: no answer in time}. */
    @Override
    public String toString() {
        return told.entrySet().stream()
                .map(trouble -> trouble.getKey() + ": " + trouble.getValue())
                .collect(Collectors.joining("; "));
    }
}
