package fish.store.master;

import com.sleepycat.je.Transaction;
import fish.kv.Operation;
import fish.kv.Reason;
import fish.kv.Token;
import fish.kv.TokenTable;
import fish.store.Databases;
import fish.store.StoredTokens;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes of the tokens, in the pen's order, so that the rules hold whoever asks at the same time: while there is any
 * token, one of them is an admin's without an end. For the pen's thread alone.
 */
final class TokenChanges {
    private final Databases databases;
    private final Transaction txn;
    private final long revision;
    private final long nowMillis;

    /**
     * @param revision of the commit that it will be
     * @param nowMillis the master's clock
     */
    TokenChanges(Databases databases, Transaction txn, long revision, long nowMillis) {
        this.databases = databases;
        this.txn = txn;
        this.revision = revision;
        this.nowMillis = nowMillis;
    }

    /** @throws RefusedException where it may not be; nothing is written then */
    void apply(Operation.OfTokens change) {
        TokenTable table = StoredTokens.written(databases, txn);
        List<Token> ended = table.tokens().stream()
                .filter(token -> token.hasEnded(nowMillis))
                .toList();
        List<Token> alive = new ArrayList<>(table.tokens());
        alive.removeAll(ended);
        if (change instanceof Operation.AddToken add) {
            check(add.token(), alive, table.locked());
            ended.forEach(token -> StoredTokens.delete(databases, txn, token.name(), revision));
            Token token = add.token();
            StoredTokens.put(
                    databases,
                    txn,
                    token.ends() ? token.endingAt(nowMillis + token.expiresAtMillis()) : token,
                    revision);
        } else if (change instanceof Operation.RemoveToken remove) {
            check(remove, alive);
            ended.forEach(token -> StoredTokens.delete(databases, txn, token.name(), revision));
            StoredTokens.delete(databases, txn, remove.name(), revision);
        }
    }

    private static void check(Token token, List<Token> alive, boolean locked) {
        if (alive.stream().anyMatch(other -> other.name().equals(token.name()))) {
            throw new RefusedException(Reason.CONFLICT, "there is a token '" + token.name() + "' already");
        }
        if (!locked && !token.isLastingAdmin()) {
            throw new RefusedException(
                    Reason.CONFLICT,
                    "the first token is an admin's without an end: without it nobody could make others");
        }
        if (alive.size() >= Token.TOKENS_MAX) {
            throw new RefusedException(
                    Reason.CONFLICT, "there are " + Token.TOKENS_MAX + " tokens, the most there can be");
        }
    }

    private static void check(Operation.RemoveToken remove, List<Token> alive) {
        Token token = alive.stream()
                .filter(one -> one.name().equals(remove.name()))
                .findFirst()
                .orElseThrow(() -> new RefusedException(Reason.NOT_FOUND, "there is no token '" + remove.name() + "'"));
        boolean last = alive.stream().filter(Token::isLastingAdmin).count() == 1 && token.isLastingAdmin();
        if (last && alive.size() > 1) {
            throw new RefusedException(
                    Reason.CONFLICT,
                    "the last admin's token without an end goes last, after the " + (alive.size() - 1) + " others");
        }
        if (last && !remove.force()) {
            throw new RefusedException(
                    Reason.CONFLICT,
                    "without its last token the group is open to everybody; force says that this is meant");
        }
    }
}
