package fish.api;

import fish.contract.Code;
import fish.http.Percent;
import fish.http.Problem;
import fish.http.ProblemException;
import fish.kv.BadKeyException;
import fish.kv.Key;

/** The key in a raw path. */
public final class KeyPath {
    private KeyPath() {}

    /**
     * The key that this part of a raw path names.
     *
     * @throws ProblemException {@code bad-key} or {@code key-too-long}
     */
    public static Key key(String raw) {
        try {
            return Key.of(Percent.decode(raw, false));
        } catch (BadKeyException e) {
            Code code = e.fault() == BadKeyException.Fault.TOO_LONG ? Code.KEY_TOO_LONG : Code.BAD_KEY;
            String detail = e.fault() == BadKeyException.Fault.EMPTY
                    ? "no key stands after /kv/; lists are /kv?prefix="
                    : String.valueOf(e.getMessage());
            throw new Problem(code, detail).exception();
        } catch (IllegalArgumentException e) {
            throw new Problem(Code.BAD_KEY, String.valueOf(e.getMessage())).exception();
        }
    }
}
