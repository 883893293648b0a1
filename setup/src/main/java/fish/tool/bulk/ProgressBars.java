package fish.tool.bulk;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar with rate and time left, for a terminal. */
public final class ProgressBars {
    private static final int UPDATE_MILLIS = 250;
    private static final int WIDTH = 100;

    private ProgressBars() {}

    /**
     * @param max where it ends; less than 0: nobody knows
     * @param unit of what is counted, in so many of the smallest: {@code "MiB", 1 << 20}
     */
    public static ProgressMeter on(PrintStream err, String task, long max, String unit, long unitSize) {
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(max)
                .setUnit(" " + unit, unitSize)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(UPDATE_MILLIS)
                .showSpeed()
                .setConsumer(new ConsoleProgressBarConsumer(err, WIDTH))
                .build();
        return new ProgressMeter() {
            @Override
            public void to(long done) {
                bar.stepTo(done);
            }

            @Override
            public void close() {
                bar.close();
            }
        };
    }
}
