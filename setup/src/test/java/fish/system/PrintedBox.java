package fish.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands in a box of a page in {@code docs/}.
 *
 * @param section the heading of the second level that it stands under
 * @param heading the heading that it stands under, of whatever level
 * @param language the word at its beginning, such as {@code bash}
 */
record PrintedBox(String section, String heading, String language, List<String> lines) {
    private static final String EDGE = "```";

    /** All of a page, in their order. */
    static List<PrintedBox> of(String page) throws IOException {
        Path docs = Path.of("").toAbsolutePath().resolveSibling("docs");
        List<PrintedBox> boxes = new ArrayList<>();
        String section = "";
        String heading = "";
        PrintedBox open = null;
        for (String line : Files.readAllLines(docs.resolve(page))) {
            if (open != null && line.equals(EDGE)) {
                boxes.add(open);
                open = null;
            } else if (open != null) {
                open.lines.add(line);
            } else if (line.startsWith(EDGE)) {
                open = new PrintedBox(section, heading, line.substring(EDGE.length()), new ArrayList<>());
            } else if (line.startsWith("#")) {
                heading = line.replaceAll("^#+ ", "");
                section = line.startsWith("## ") ? heading : section;
            }
        }
        return boxes;
    }
}
