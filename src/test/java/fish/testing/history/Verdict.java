package fish.testing.history;

/**
 * What a checker found.
 *
 * @param explanation for a reader who does not have the history at hand; empty if all is well
 */
public record Verdict(Kind kind, String explanation) {
    /** Undecided: the search was given up at its limit, which says nothing either way. */
    public enum Kind {
        CORRECT,
        VIOLATED,
        UNDECIDED
    }

    static Verdict correct() {
        return new Verdict(Kind.CORRECT, "");
    }

    static Verdict violated(String explanation) {
        return new Verdict(Kind.VIOLATED, explanation);
    }

    static Verdict undecided(String explanation) {
        return new Verdict(Kind.UNDECIDED, explanation);
    }

    public boolean isCorrect() {
        return kind == Kind.CORRECT;
    }

    /** @throws AssertionError with the explanation, unless the history is correct */
    public void orFail() {
        if (!isCorrect()) {
            throw new AssertionError(kind + ": " + explanation);
        }
    }
}
