package fish.access;

import fish.kv.Asker;
import fish.kv.Scope;
import fish.kv.StoredRecord;
import fish.kv.Token;
import fish.kv.TokenRole;
import fish.kv.TokenTable;
import fish.run.Guard;
import fish.run.Sweeper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The gate of a node: decides by the tokens of its own copy of the store, which it holds in memory and looks at anew
 * ten times a second. Until it has read them once it knows nothing, and lets nothing pass that the master does not
 * see to. Thread-safe.
 *
 * <p>A token is 256 random bits, and what is kept is its SHA-256. Slow hashes are for passwords, of which there are few
 * that people choose: nobody can try 2^256, however fast the hash is.
 */
public final class Tokens implements Gate, AutoCloseable {
    private static final int RANDOM_BYTES = 32;
    private static final String MARK = "fish_";
    private static final String PROOF_OF = "node of a group with the admin ";
    private static final long LOOK_MILLIS = 100;

    /** A hash as a key, compared in a time that does not depend on where two differ. */
    private static final class Hash {
        private final byte[] bytes;

        Hash(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Hash that && MessageDigest.isEqual(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return (bytes[0] & 0xff) << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
        }
    }

    private record State(TokenTable table, Map<Hash, Token> byHash, String proof) {
        static State of(TokenTable table) {
            Map<Hash, Token> byHash = new HashMap<>();
            table.tokens().forEach(token -> byHash.put(new Hash(token.hash()), token));
            return new State(table, byHash, proofOf(table));
        }
    }

    private final UnaryOperator<TokenTable> source;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Sweeper sweeper = new Sweeper("fish-tokens", LOOK_MILLIS);
    private final Grant open;
    private volatile State state = State.of(TokenTable.UNREAD);

    /**
     * @param source given what is known, reads what there is: the same where nothing has changed, or where it cannot
     *     be read now
     */
    public Tokens(UnaryOperator<TokenTable> source, Clock clock) {
        this.source = source;
        this.clock = clock;
        this.open = Grant.of(
                TokenRole.ADMIN, Scope.ALL, Asker.NOBODY, () -> !state.table().locked());
    }

    public void start(Guard guard) {
        refresh();
        sweeper.start(this::refresh, guard);
    }

    /** Waits no longer than the source does. */
    @Override
    public synchronized void refresh() {
        TokenTable known = state.table();
        TokenTable now = source.apply(known);
        if (now.revision() != known.revision()) {
            state = State.of(now);
        }
    }

    /** Those that have not ended, as this node knows them now. */
    public List<Token> list() {
        long now = clock.millis();
        return state.table().tokens().stream()
                .filter(token -> !token.hasEnded(now))
                .toList();
    }

    @Override
    public Grant grant(String token) {
        State now = state;
        if (now.table().revision() < 0) {
            return Grant.unknown(token, () -> true);
        }
        if (!now.table().locked()) {
            return open;
        }
        Token found = token.isEmpty() || token.length() > Asker.TOKEN_CHARS_MAX
                ? null
                : now.byHash().get(new Hash(hash(token)));
        if (found == null || found.hasEnded(clock.millis())) {
            return Grant.nobody();
        }
        return Grant.of(found.role(), found.scope(), new Asker(token, true), stillThere(now, found));
    }

    private BooleanSupplier stillThere(State then, Token token) {
        return () -> {
            State now = state;
            if (token.hasEnded(clock.millis())) {
                return false;
            }
            @Nullable Token same = now.table().revision() == then.table().revision()
                    ? token
                    : now.byHash().get(new Hash(token.hash()));
            return token.equals(same);
        };
    }

    /**
     * What a node shows to others of its group, which only one that holds the group's data can know; empty where there
     * are no tokens, or none are known here yet.
     */
    public String nodeProof() {
        return state.proof();
    }

    /** Whether there are any, so that a node has something to show. */
    public boolean areThere() {
        return state.table().locked();
    }

    /** Whether who shows this is a node of the group; everybody is where there are no tokens. */
    public boolean isNode(String shown) {
        State now = state;
        return !now.table().locked()
                || (!now.proof().isEmpty()
                        && MessageDigest.isEqual(
                                shown.getBytes(StandardCharsets.ISO_8859_1),
                                now.proof().getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** As {@link #nodeProof}, by this copy of the tokens. Made of one hash that all copies have, and tells nothing of it. */
    public static String proofOf(TokenTable table) {
        return table.tokens().stream()
                .filter(Token::isLastingAdmin)
                .min(Comparator.comparing(Token::name))
                .map(token -> hash(PROOF_OF + HexFormat.of().formatHex(token.hash())))
                .map(proof -> HexFormat.of().formatHex(proof))
                .orElse("");
    }

    /** A new one, to be shown once. */
    public String make() {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return MARK + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** What is kept of a token. */
    public static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.ISO_8859_1));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** A token as it is to be made: its end says how long it lives, {@link StoredRecord#NEVER} for ever. */
    public static Token described(String name, TokenRole role, Scope scope, long livesMillis, String token) {
        return new Token(name, role, scope, livesMillis, hash(token));
    }

    @Override
    public void close() {
        sweeper.close();
    }
}
