package fish.tool.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** A result as a drawing: latency by percentile, and throughput and latency over time. SVG, or HTML around it. */
public final class BenchPlot {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 260;
    private static final int LEFT = 80;
    private static final int TOP = 40;
    private static final int PANEL = HEIGHT + 90;
    private static final int TICKS = 5;
    private static final List<String> COLOURS = List.of("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e");
    private static final double NINES_MAX = 4;

    private BenchPlot() {}

    /** One line of a panel: {@code x} and {@code y} from 0 to 1 of the panel. */
    private record Curve(String name, List<double[]> points) {}

    /** @param html whether it is a page of its own */
    public static String of(BenchResult result, boolean html) {
        StringBuilder svg = new StringBuilder();
        int height = 3 * PANEL + 60;
        svg.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">\n"
                        .formatted(WIDTH + LEFT + 40, height));
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        List<String> above = BenchText.above(result);
        percentiles(svg, result);
        List<BenchResult.Second> seconds = result.seconds();
        overTime(svg, PANEL, "good answers in a second", seconds, List.of("answers"), List.of(second -> second.good()));
        overTime(
                svg,
                2 * PANEL,
                "latency in ms, second by second",
                seconds,
                List.of("p50", "p99", "max"),
                List.of(BenchResult.Second::p50, BenchResult.Second::p99, BenchResult.Second::max));
        for (int i = 0; i < above.size(); i++) {
            text(svg, LEFT, 3 * PANEL + 10 + 18 * i, "start", above.get(i));
        }
        svg.append("</svg>\n");
        return html
                ? "<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>" + escaped(above.get(0))
                        + "</title>\n" + svg + "</html>\n"
                : svg.toString();
    }

    /** Percentiles lie as far apart as their nines: 90, 99, 99.9. */
    private static void percentiles(StringBuilder svg, BenchResult result) {
        double max = result.latencies().values().stream()
                .mapToDouble(latencies -> latencies.getValueAtPercentile(99.99) / 1000.0)
                .max()
                .orElse(1);
        double top = rounded(max);
        List<Curve> curves = new ArrayList<>();
        result.latencies().forEach((op, latencies) -> curves.add(new Curve(op.word(), nines(latencies, top))));
        frame(svg, 0, "latency in ms, by percentile", top);
        for (int nines = 0; nines <= NINES_MAX; nines++) {
            String name = nines == 0
                    ? "0"
                    : BenchJson.name(100 - Math.pow(10, 2 - nines)).substring(1);
            text(svg, LEFT + nines / NINES_MAX * WIDTH, TOP + HEIGHT + 18, "middle", name + " %");
        }
        draw(svg, 0, curves);
    }

    private static List<double[]> nines(Histogram latencies, double top) {
        List<double[]> points = new ArrayList<>();
        for (double nines = 0; nines <= NINES_MAX; nines += 0.05) {
            double percentile = 100 - Math.pow(10, 2 - nines);
            points.add(new double[] {nines / NINES_MAX, latencies.getValueAtPercentile(percentile) / 1000.0 / top});
        }
        return points;
    }

    private static void overTime(
            StringBuilder svg,
            int y,
            String title,
            List<BenchResult.Second> seconds,
            List<String> names,
            List<ToDoubleFunction<BenchResult.Second>> values) {
        double end = seconds.isEmpty() ? 1 : seconds.get(seconds.size() - 1).at();
        double top = rounded(values.stream()
                .flatMapToDouble(value -> seconds.stream().mapToDouble(value))
                .max()
                .orElse(1));
        List<Curve> curves = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            ToDoubleFunction<BenchResult.Second> value = values.get(i);
            curves.add(new Curve(
                    names.get(i),
                    seconds.stream()
                            .map(second -> new double[] {second.at() / end, value.applyAsDouble(second) / top})
                            .toList()));
        }
        frame(svg, y, title, top);
        for (int i = 0; i <= TICKS; i++) {
            text(
                    svg,
                    LEFT + i * WIDTH / (double) TICKS,
                    y + TOP + HEIGHT + 18,
                    "middle",
                    "%.0f s".formatted(i * end / TICKS));
        }
        draw(svg, y, curves);
    }

    /** The next of 1, 2, 5 times a power of ten. */
    static double rounded(double max) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(max, 1e-3))));
        double digits = max / power;
        return power * (digits <= 1 ? 1 : digits <= 2 ? 2 : digits <= 5 ? 5 : 10);
    }

    private static void frame(StringBuilder svg, int y, String title, double top) {
        text(svg, LEFT, y + TOP - 12, "start", title);
        for (int i = 0; i <= TICKS; i++) {
            double at = y + TOP + HEIGHT - i * HEIGHT / (double) TICKS;
            svg.append("<line x1=\"%d\" y1=\"%s\" x2=\"%d\" y2=\"%s\" stroke=\"#ddd\"/>\n"
                    .formatted(LEFT, number(at), LEFT + WIDTH, number(at)));
            double value = i * top / TICKS;
            text(svg, LEFT - 8, at + 4, "end", value >= 100 ? "%,.0f".formatted(value) : number(value));
        }
    }

    private static void draw(StringBuilder svg, int y, List<Curve> curves) {
        for (int i = 0; i < curves.size(); i++) {
            String colour = COLOURS.get(i % COLOURS.size());
            StringBuilder points = new StringBuilder();
            for (double[] point : curves.get(i).points()) {
                double value = Math.min(1, point[1]);
                points.append(number(LEFT + point[0] * WIDTH))
                        .append(',')
                        .append(number(y + TOP + HEIGHT - value * HEIGHT))
                        .append(' ');
            }
            svg.append("<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\" points=\"%s\"/>\n"
                    .formatted(colour, points.toString().strip()));
            svg.append("<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"%s\">%s</text>\n"
                    .formatted(
                            LEFT + WIDTH - 90 * i,
                            y + TOP - 12,
                            colour,
                            escaped(curves.get(i).name())));
        }
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        svg.append("<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" fill=\"#333\">%s</text>\n"
                .formatted(number(x), number(y), anchor, escaped(text)));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value).replaceAll("\\.?0+$", "");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
