package fish.json;

import java.nio.charset.StandardCharsets;

/** Compares the longest text that a transaction can hold with a short one, in a process with a small heap. */
final class SmallHeapComparing {
    private static final int ELEMENTS = 4 << 20;

    private SmallHeapComparing() {}

    public static void main(String[] args) {
        String many = "[" + "1,".repeat(ELEMENTS - 1) + "1]";
        byte[] few = "[1]".getBytes(StandardCharsets.UTF_8);
        boolean longer = JsonEquality.same(few, many);
        boolean shorter = JsonEquality.same(many.getBytes(StandardCharsets.UTF_8), "[1]");
        boolean spaces = JsonEquality.same(few, " ".repeat(2 * ELEMENTS) + "[1]");
        System.out.println(longer + " " + shorter + " " + spaces);
    }
}
