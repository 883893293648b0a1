package fish.access;

import fish.kv.Asker;
import fish.kv.Condition;
import fish.kv.Failure;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Query;
import fish.kv.Reason;
import fish.kv.Scope;
import fish.kv.TokenRole;
import fish.kv.Txn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What one who came may do, as it was decided then. Immutable. */
public final class Grant {
    private enum Standing {
        /** It is known what this token may do. */
        KNOWN,
        /** Nothing: there is no such token. */
        NOBODY,
        /** This node does not know its tokens yet; the master will say, where it is asked. */
        UNKNOWN
    }

    /** Where there are no tokens. */
    public static final Grant EVERYTHING =
            new Grant(Standing.KNOWN, TokenRole.ADMIN, Scope.ALL, Asker.NOBODY, () -> true);

    private final Standing standing;
    private final TokenRole role;
    private final Scope scope;
    private final Asker asker;
    private final BooleanSupplier holds;

    private Grant(Standing standing, TokenRole role, Scope scope, Asker asker, BooleanSupplier holds) {
        this.standing = standing;
        this.role = role;
        this.scope = scope;
        this.asker = asker.during(holds);
        this.holds = holds;
    }

    /**
     * @param holds whether it is still so; asked often
     */
    public static Grant of(TokenRole role, Scope scope, Asker asker, BooleanSupplier holds) {
        return new Grant(Standing.KNOWN, role, scope, asker, holds);
    }

    /** Of one who has no token that is any good. */
    public static Grant nobody() {
        return new Grant(Standing.NOBODY, TokenRole.READ, Scope.NONE, Asker.NOBODY, () -> true);
    }

    /** Of a node that cannot say yet. */
    public static Grant unknown(String token, BooleanSupplier holds) {
        return new Grant(Standing.UNKNOWN, TokenRole.WRITE, Scope.ALL, new Asker(token, false), holds);
    }

    /** Whether it can still be had; what is open for long is closed where it cannot. */
    public boolean holds() {
        return holds.getAsBoolean();
    }

    /** Who asks, for those that the request is passed on to; may ask only while this {@link #holds}. */
    public Asker asker() {
        return asker;
    }

    /** The keys that may be read, and written where the role says so. */
    public Scope scope() {
        return scope;
    }

    /** Whether this node itself knows what may be read of its own copy. */
    public boolean known() {
        return standing == Standing.KNOWN;
    }

    /** Why who needs this is refused; empty where not. */
    public Optional<Failure> refusal(Need need) {
        if (need == Need.NOTHING || need == Need.NODE) {
            return Optional.empty();
        }
        return switch (standing) {
            case NOBODY -> Optional.of(unauthenticated());
            case UNKNOWN -> need == Need.READ || need == Need.WRITE ? Optional.empty() : Optional.of(notYet());
            case KNOWN -> role.can(least(need)) ? Optional.empty() : Optional.of(beyond(least(need)));
        };
    }

    /** Why this is refused to one who may write: for a key, or for what only an admin may; empty where not. */
    public Optional<Failure> refusal(Txn txn) {
        for (Condition condition : txn.conditions()) {
            if (!scope.covers(condition.key())) {
                return Optional.of(outside());
            }
        }
        return refusal(txn.then()).or(() -> refusal(txn.otherwise()));
    }

    /** Why this key is refused to one who may write otherwise; empty where not. */
    public Optional<Failure> refusal(Key key) {
        return scope.covers(key) ? Optional.empty() : Optional.of(outside());
    }

    private Optional<Failure> refusal(List<Operation> operations) {
        for (Operation operation : operations) {
            if (operation instanceof Operation.OfKey of && !scope.covers(of.key())) {
                return Optional.of(outside());
            }
            if (operation instanceof Operation.OfTokens && refusal(Need.ADMIN).isPresent()) {
                return refusal(Need.ADMIN);
            }
        }
        return Optional.empty();
    }

    /** Why this is refused to one who may read; empty where not. */
    public Optional<Failure> refusal(Query query) {
        if (query instanceof Query.Get get) {
            return refusal(get.key());
        }
        return query instanceof Query.Reads reads ? refusal(reads.txn()) : Optional.empty();
    }

    /** The query over what may be read, as if there were nothing else. */
    public Query narrowed(Query query) {
        if (scope.isAll()) {
            return query;
        }
        if (query instanceof Query.Range range) {
            return range.within(scope);
        }
        return query instanceof Query.Count count ? count.within(scope) : query;
    }

    /** The transaction over what may be written, as if there were nothing else. */
    public Txn narrowed(Txn txn) {
        if (scope.isAll()) {
            return txn;
        }
        return new Txn(txn.conditions(), narrowed(txn.then()), narrowed(txn.otherwise()));
    }

    private List<Operation> narrowed(List<Operation> operations) {
        List<Operation> narrowed = new ArrayList<>(operations.size());
        for (Operation operation : operations) {
            narrowed.add(operation instanceof Operation.DeleteRange range ? range.within(scope) : operation);
        }
        return narrowed;
    }

    private static TokenRole least(Need need) {
        return switch (need) {
            case WRITE -> TokenRole.WRITE;
            case ADMIN -> TokenRole.ADMIN;
            case NOTHING, ANY, READ, NODE -> TokenRole.READ;
        };
    }

    /** The same whether there was a token, or ever has been. */
    public static Failure unauthenticated() {
        return new Failure(
                Reason.UNAUTHENTICATED,
                "this needs a token (Authorization: Bearer …): none came, or one that is wrong, has ended or was removed");
    }

    /** This node has not read its tokens since it started. */
    public static Failure notYet() {
        return new Failure(Reason.STARTING, "this node does not know the group's tokens yet");
    }

    private static Failure beyond(TokenRole role) {
        return new Failure(
                Reason.FORBIDDEN,
                role == TokenRole.ADMIN ? "this needs an admin's token" : "this needs a token that may write");
    }

    /** The same for every key that the token is not for, whether there is a record or not. */
    static Failure outside() {
        return new Failure(Reason.FORBIDDEN, "a key of this request is outside of the token's prefixes");
    }

    /** What no token can be seen from. */
    @Override
    public String toString() {
        return standing + " " + role + " " + scope;
    }
}
