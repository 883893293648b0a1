package fish.conf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The words of a command line, which Java reads in the character set of the system's locale: in place of what it cannot
 * read it puts U+FFFD and says nothing, so that different words become the same.
 */
public final class Arguments {
    private static final char REPLACED = '\ufffd';

    private Arguments() {}

    /** @throws ProgramException if one of them is not what was typed */
    public static void requireWhole(String... arguments) throws ProgramException {
        requireWhole(Path.of("/proc/self/cmdline"), System.getProperty("sun.jnu.encoding", ""), arguments);
    }

    /** @param commandLine has them as they came, where the system has such a file */
    static void requireWhole(Path commandLine, String encoding, String... arguments) throws ProgramException {
        boolean suspect = Arrays.stream(arguments).anyMatch(argument -> argument.indexOf(REPLACED) >= 0);
        if (suspect && !(encoding.equals("UTF-8") && isUtf8(commandLine))) {
            throw ProgramException.wrong("an argument is not UTF-8, or the locale is not (LC_ALL=C.UTF-8 sets one):"
                    + " it cannot be taken as it stands");
        }
    }

    private static boolean isUtf8(Path commandLine) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(commandLine)));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        } catch (IOException e) {
            return false; // nobody can tell that it was typed so
        }
    }
}
