package fish.store;

import com.sleepycat.je.Cursor;
import com.sleepycat.je.CursorConfig;
import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.Get;
import com.sleepycat.je.LockMode;
import com.sleepycat.je.OperationResult;
import com.sleepycat.je.Transaction;
import fish.kv.Key;
import fish.kv.Scope;
import fish.kv.Token;
import fish.kv.TokenRole;
import fish.kv.TokenTable;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tokens on disk: a record each of the {@code group} database, which has their hashes, and one with the revision of
 * the last change. A store that was written before there were tokens has none of them.
 */
public final class StoredTokens {
    private static final byte FORMAT = 1;
    private static final byte[] REVISION = "tokens".getBytes(StandardCharsets.UTF_8);
    private static final String PREFIX = "token/";
    private static final int TRIES = 5;

    private StoredTokens() {}

    /**
     * All of them, as one commit left them.
     *
     * @param known returned where nothing has changed since
     * @return empty: they are being changed
     */
    static Optional<TokenTable> read(Databases databases, Transaction txn, TokenTable known) {
        for (int i = 0; i < TRIES; i++) {
            // Read before and after: what comes meanwhile changes it, in the same commit.
            long revision = revision(databases, txn);
            if (revision == known.revision()) {
                return Optional.of(known);
            }
            TokenTable table = all(databases, txn, CursorConfig.READ_COMMITTED, revision);
            if (revision(databases, txn) == revision) {
                return Optional.of(table);
            }
        }
        return Optional.empty();
    }

    private static long revision(Databases databases, Transaction txn) {
        byte[] stored = Tables.get(databases.group, txn, REVISION, LockMode.READ_COMMITTED);
        return stored.length == Long.BYTES ? ByteBuffer.wrap(stored).getLong() : 0;
    }

    /** As the pen's own transaction sees them. */
    public static TokenTable written(Databases databases, Transaction txn) {
        return all(databases, txn, CursorConfig.READ_UNCOMMITTED, 0);
    }

    private static TokenTable all(Databases databases, @Nullable Transaction txn, CursorConfig config, long revision) {
        List<Token> tokens = new ArrayList<>();
        boolean locked = false;
        DatabaseEntry key = new DatabaseEntry(PREFIX.getBytes(StandardCharsets.UTF_8));
        DatabaseEntry data = new DatabaseEntry();
        try (Cursor cursor = databases.group.openCursor(txn, config)) {
            OperationResult found = cursor.get(key, data, Get.SEARCH_GTE, null);
            while (found != null && new String(key.getData(), StandardCharsets.UTF_8).startsWith(PREFIX)) {
                locked = true;
                // One that cannot be read is nobody's, and locks all the same.
                decode(new String(key.getData(), StandardCharsets.UTF_8), data.getData())
                        .ifPresent(tokens::add);
                found = cursor.get(key, data, Get.NEXT, null);
            }
        }
        return new TokenTable(revision, locked, tokens);
    }

    /** Writes one, with the revision of the commit that does it. */
    public static void put(Databases databases, Transaction txn, Token token, long revision) {
        databases.group.put(txn, new DatabaseEntry(key(token.name())), new DatabaseEntry(encode(token)));
        changed(databases, txn, revision);
    }

    /** Deletes one, with the revision of the commit that does it. */
    public static void delete(Databases databases, Transaction txn, String name, long revision) {
        databases.group.delete(txn, new DatabaseEntry(key(name)));
        changed(databases, txn, revision);
    }

    private static void changed(Databases databases, Transaction txn, long revision) {
        databases.group.put(txn, new DatabaseEntry(REVISION), new DatabaseEntry(Tables.revisionKey(revision)));
    }

    private static byte[] key(String name) {
        return (PREFIX + name).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] encode(Token token) {
        int size = 2 + Long.BYTES + Token.HASH_BYTES + Short.BYTES;
        for (byte[] prefix : token.scope().prefixes()) {
            size += Short.BYTES + prefix.length;
        }
        ByteBuffer out = ByteBuffer.allocate(size);
        out.put(FORMAT).put((byte) token.role().code()).putLong(token.expiresAtMillis());
        out.put(token.hash()).putShort((short) token.scope().prefixes().size());
        for (byte[] prefix : token.scope().prefixes()) {
            out.putShort((short) prefix.length).put(prefix);
        }
        return out.array();
    }

    private static Optional<Token> decode(String key, byte[] stored) {
        try {
            ByteBuffer in = ByteBuffer.wrap(stored);
            byte format = in.get();
            Optional<TokenRole> role = TokenRole.of(in.get());
            if (format != FORMAT || role.isEmpty()) {
                return Optional.empty();
            }
            long expires = in.getLong();
            byte[] hash = new byte[Token.HASH_BYTES];
            in.get(hash);
            List<byte[]> prefixes = new ArrayList<>();
            for (int i = in.getShort(); i > 0; i--) {
                int length = in.getShort();
                if (length < 0 || length > Key.BYTES_MAX) {
                    return Optional.empty();
                }
                byte[] prefix = new byte[length];
                in.get(prefix);
                prefixes.add(prefix);
            }
            return Optional.of(
                    new Token(key.substring(PREFIX.length()), role.get(), Scope.of(prefixes), expires, hash));
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
