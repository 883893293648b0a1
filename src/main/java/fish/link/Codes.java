package fish.link;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The numbers by which an enum's constants go over the wire, stated and not taken from the order of
 * declaration: that may change, these may only grow. Immutable.
 */
final class Codes<E extends Enum<E>> {
    private final List<E> constants;
    private final Map<E, Integer> codes;

    /**
     * @param constants all of them, the first one with code 0
     */
    Codes(Class<E> type, List<E> constants) {
        this.constants = List.copyOf(constants);
        this.codes = new EnumMap<>(type);
        for (int code = 0; code < constants.size(); code++) {
            codes.put(constants.get(code), code);
        }
        if (codes.size() != type.getEnumConstants().length || codes.size() != constants.size()) {
            throw new IllegalArgumentException("not each " + type.getSimpleName() + " once: " + constants);
        }
    }

    void write(MessageWriter out, E constant) {
        Integer code = codes.get(constant);
        if (code == null) {
            throw new IllegalArgumentException("no code for " + constant);
        }
        out.u8(code);
    }

    E read(MessageReader in) throws MalformedMessageException {
        return constants.get(in.u8(0, constants.size() - 1));
    }
}
