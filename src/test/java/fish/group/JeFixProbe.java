package fish.group;

import java.util.Arrays;

/** Runs in a process of its own, where nothing of JE is loaded yet. */
final class QuorumFixProbe {
    private QuorumFixProbe() {}

    public static void main(String[] steps) throws Exception {
        for (String step : steps) {
            System.out.println(run(step));
        }
    }

    private static String run(String step) throws ClassNotFoundException {
        return switch (step) {
            case "apply" -> apply();
            case "load" -> {
                Class.forName(QuorumPatch.TARGET);
                yield "loaded";
            }
            default ->
                "marked "
                        + Arrays.stream(Class.forName(QuorumPatch.TARGET).getDeclaredFields())
                                .anyMatch(field -> field.getName().equals(QuorumFix.MARKER));
        };
    }

    private static String apply() {
        try {
            return QuorumFix.apply().name();
        } catch (QuorumFixException e) {
            return "refused: " + e.getMessage();
        }
    }
}
