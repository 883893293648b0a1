package fish.home;

/** Which program a home belongs to. */
public enum Role {
    /** None has used it yet. */
    NONE("no program"),
    BACK("a back-end"),
    FRONT("a front-end");

    private final String words;

    Role(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }
}
