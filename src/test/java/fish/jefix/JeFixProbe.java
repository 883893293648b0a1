package fish.jefix;

import com.sleepycat.je.rep.impl.node.NameIdPair;
import java.util.Arrays;

/** Corrects JE in a process of its own, where nothing of JE is loaded yet. */
final class JeFixProbe {
    private JeFixProbe() {}

    public static void main(String[] steps) throws Exception {
        for (String step : steps) {
            String[] words = step.split(":", 2);
            System.out.println(run(words[0], words.length > 1 ? words[1] : ""));
        }
    }

    private static String run(String step, String className) throws ClassNotFoundException {
        return switch (step) {
            case "apply" -> apply();
            case "load" -> {
                load(className);
                yield "loaded";
            }
            default ->
                "marked "
                        + Arrays.stream(load(className).getDeclaredFields())
                                .anyMatch(field -> field.getName().startsWith("fish$"));
        };
    }

    /** Linked as well, so that the corrected bytes are verified. */
    private static Class<?> load(String className) throws ClassNotFoundException {
        return Class.forName(NameIdPair.class.getPackageName() + "." + className);
    }

    private static String apply() {
        try {
            JeFixes.apply();
            return "applied";
        } catch (JeFixException e) {
            return "refused: " + e.getMessage();
        }
    }
}
