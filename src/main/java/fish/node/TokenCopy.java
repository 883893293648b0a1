package fish.node;

import fish.access.Tokens;
import fish.kv.TokenTable;
import fish.store.Store;
import fish.store.UnavailableException;
import java.time.Clock;

/** The tokens as this node's own copy of the store has them. */
public final class TokenCopy {
    private static final System.Logger LOG = System.getLogger(TokenCopy.class.getName());

    private TokenCopy() {}

    /** While the copy cannot be read, or is new and not yet what the group has, what was known stays. */
    public static Tokens of(GroupMember member) {
        return new Tokens(known -> read(member, known), Clock.systemUTC());
    }

    /** What a node shows that is still being filled, by what it has so far; empty while that has no tokens. */
    public static String nodeProof(Store filling) {
        try {
            return Tokens.proofOf(filling.tokens(TokenTable.UNREAD));
        } catch (RuntimeException e) {
            // Not received yet, or being closed: it asks again.
            LOG.log(System.Logger.Level.DEBUG, "the tokens received so far could not be read", e);
            return "";
        }
    }

    private static TokenTable read(GroupMember member, TokenTable known) {
        try {
            Store store = member.store();
            store.requireFilled();
            return store.tokens(known);
        } catch (UnavailableException e) {
            return known;
        } catch (RuntimeException e) {
            // JE's own, where the store is closed under whoever reads it. It is looked at again at once.
            LOG.log(System.Logger.Level.DEBUG, "the tokens could not be read", e);
            return known;
        }
    }
}
