package fish.kv;

import java.util.List;

/**
 * All tokens of a group, as one copy of the store has them.
 *
 * @param revision of the commit that changed them last; 0 where none did
 * @param locked whether there are any, be it that this program cannot read them: then nobody passes without one
 * @param tokens those that can be read, by name
 */
public record TokenTable(long revision, boolean locked, List<Token> tokens) {
    /** Before anything was read; its revision is below zero. */
    public static final TokenTable UNREAD = new TokenTable(-1, true, List.of());

    public TokenTable {
        tokens = List.copyOf(tokens);
    }
}
