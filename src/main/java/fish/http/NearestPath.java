package fish.http;

import java.util.List;

/** Guesses which path was meant by one that leads nowhere. Immutable. */
final class NearestPath {
    private static final int EDITS_MAX = 2;
    private static final int CHARS_MAX = 64;

    private final List<String> paths;

    NearestPath(List<Route> routes) {
        this.paths = routes.stream().map(Route::path).distinct().sorted().toList();
    }

    /** To be added to a sentence; empty where no path is near. */
    String hint(String path) {
        String asked = path.length() > CHARS_MAX ? path.substring(0, CHARS_MAX) : path;
        List<String> below = paths.stream()
                .filter(known -> known.startsWith(asked.endsWith("/") ? asked : asked + "/") && asked.length() > 1)
                .toList();
        if (!below.isEmpty()) {
            return "; below it " + (below.size() == 1 ? "is " : "are ") + String.join(", ", below);
        }
        String best = "";
        int edits = EDITS_MAX + 1;
        for (String known : paths) {
            boolean open = known.endsWith("/*");
            int slash = asked.indexOf('/', 1);
            String part = open && slash > 0 ? asked.substring(0, slash) + "/*" : asked;
            int apart = edits(part, known);
            if (apart < edits && 2 * apart < part.length()) {
                edits = apart;
                best = known;
            }
        }
        return best.isEmpty() ? "" : "; did you mean " + best + "?";
    }

    /** How many characters must come, go or change, to make one the other. */
    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j - 1], row[j]));
            }
        }
        return row[b.length()];
    }
}
