package fish.tool;

import java.util.List;

/** Columns that line up, also over several calls: each is at least as wide as it was. One thread. */
public final class Table {
    private final List<String> head;
    private final int[] widths;

    public Table(List<String> head) {
        this.head = List.copyOf(head);
        this.widths = head.stream().mapToInt(Table::width).toArray();
    }

    /** @param withHead whether the names of the columns come first */
    public void print(List<List<String>> rows, Output out, boolean withHead) {
        List<List<String>> printable = rows.stream()
                .map(row -> row.stream().map(Printable::of).toList())
                .toList();
        for (List<String> row : printable) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        StringBuilder text = new StringBuilder();
        if (withHead) {
            text.append(out.styled(Output.Style.BOLD, line(head))).append('\n');
        }
        printable.forEach(row -> text.append(line(row)).append('\n'));
        if (!text.isEmpty()) {
            out.line(text.substring(0, text.length() - 1));
        }
    }

    private String line(List<String> row) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(row.get(i)).append(" ".repeat(widths[i] - width(row.get(i)) + 2));
        }
        return line.toString().stripTrailing();
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
