package fish.run;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/** What libraries log, as events among Fish's own: {@code conf/logging.properties} names this class. */
public final class EventFormatter extends Formatter {
    @Override
    public String format(LogRecord record) {
        Line line = new Line()
                .add("time", record.getInstant().truncatedTo(ChronoUnit.MILLIS))
                .add("event", "log")
                .add("level", record.getLevel().getName().toLowerCase(Locale.ROOT))
                .add("logger", String.valueOf(record.getLoggerName()))
                .add("message", formatMessage(record));
        if (record.getThrown() != null) {
            StringWriter trace = new StringWriter();
            record.getThrown().printStackTrace(new PrintWriter(trace));
            line.add("error", trace.toString().strip());
        }
        return line + System.lineSeparator();
    }
}
