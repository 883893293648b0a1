package fish.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.util.regex.Pattern;

/** What is wrong with a text that is no JSON, in words for who wrote it. */
public final class JsonFault {
    /** What the library says to programmers: its settings, its classes, where its objects began. */
    private static final Pattern LIBRARYS_OWN = Pattern.compile(
            "\\s*: enable `.*|\\s*\\((?:not recognized as one since|start marker at) .*|\\s*: maybe a .*");

    /** Of a text that was cut in a message, a long word can be left. */
    private static final int CHARS_MAX = 200;

    private JsonFault() {}

    /** What is wrong, and the line and the column of it, both counted from 1. */
    public static String of(JsonProcessingException problem) {
        String words = words(problem);
        JsonLocation place = problem.getLocation();
        return place == null ? words : words + ", at line " + place.getLineNr() + ", column " + place.getColumnNr();
    }

    private static String words(JsonProcessingException problem) {
        if (problem instanceof JsonEOFException) {
            return "the text ends too early";
        }
        if (problem instanceof StreamConstraintsException) {
            return "there are more than " + Json.DEPTH_MAX + " levels";
        }
        String said = String.valueOf(problem.getOriginalMessage())
                .replaceFirst("^Unexpected close marker ('.').*", "unexpected $1");
        if (said.startsWith("Duplicate field ")) {
            return "field " + cut(said.substring("Duplicate field ".length())) + " is given twice";
        }
        String plain = LIBRARYS_OWN.matcher(said.lines().findFirst().orElse("")).replaceFirst("");
        return cut(plain.isEmpty() ? "this is not JSON" : plain);
    }

    private static String cut(String text) {
        return text.length() <= CHARS_MAX ? text : text.substring(0, CHARS_MAX) + "…";
    }
}
