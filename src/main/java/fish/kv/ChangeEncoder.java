package fish.kv;

import java.util.List;

/** How changes are written for watchers: each once, however many are told of it. Must not block. */
public interface ChangeEncoder {
    byte[] change(ChangeEvent change);

    /** A commit of changes that are encoded already. */
    EncodedCommit commit(long revision, List<byte[]> changes);
}
