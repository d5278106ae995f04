package io.turnwise.app.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import io.turnwise.app.JsonLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What was measured of one model, to be printed.
 *
 * @param model its name
 * @param multiplyAdds of one segment's network; 0 where it is not known
 * @param callers how many callers there were at once, one a core
 * @param int8 where there is an int8 twin
 * @param peer the peer's version, where it ran
 * @param notes what was left out, and why
 * @param errorRates equal-error rates in percent by length, in the order they are printed: ours and
 *     the peer's; empty without trials
 * @param rounds the rates
 */
record InferenceFigures(
    String model,
    long multiplyAdds,
    int callers,
    boolean int8,
    Optional<String> peer,
    List<String> notes,
    Map<String, double[]> errorRates,
    Rounds rounds) {
  static final String FLOAT = "float32";
  static final String INT8 = "int8";
  static final String PRODUCT = "matrix product";
  static final String FEATURES = "features";
  static final String RESAMPLER = "resampler";
  static final String GATE = "gate";
  static final List<Double> HOPS = List.of(0.25, 0.5, 0.75, 1.0, 1.5);

  /** Seconds of a segment. */
  static final double SEGMENT = 1.5;

  InferenceFigures {
    notes = List.copyOf(notes);
    errorRates = Collections.unmodifiableMap(new LinkedHashMap<>(errorRates));
  }

  /** The name of a precision's contender with all callers. */
  static String together(String precision) {
    return precision + ", all callers";
  }

  private List<String> precisions() {
    return int8 ? List.of(FLOAT, INT8) : List.of(FLOAT);
  }

  /** Seconds the network takes for a segment: what embedding takes, less the features. */
  private static double network(Map<String, Double> rates, String precision) {
    return seconds(rates, precision) - seconds(rates, FEATURES);
  }

  /**
   * Seconds a segment costs besides the network, at a hop; resampled from 8 kHz. What is resampled
   * once is the hop; features and gate see the whole segment each time.
   */
  private static double outside(Map<String, Double> rates, double hop) {
    return seconds(rates, FEATURES) + seconds(rates, GATE) + hop * seconds(rates, RESAMPLER);
  }

  /** Seconds it takes once; 0 where it does not take part, as features for a waveform model. */
  private static double seconds(Map<String, Double> rates, String contender) {
    return rates.containsKey(contender) ? 1 / rates.get(contender) : 0;
  }

  private double millis(String contender) {
    return 1e3 * rounds.median(rates -> seconds(rates, contender));
  }

  private double share(String precision, double hop) {
    return rounds.median(rates -> outside(rates, hop) / network(rates, precision));
  }

  private double channels(String precision, double hop) {
    return rounds.median(rates -> hop / (network(rates, precision) + outside(rates, hop)));
  }

  private double gigaflops(String precision) {
    return rounds.median(rates -> 2e-9 * multiplyAdds / network(rates, precision));
  }

  private boolean counted() {
    return multiplyAdds > 0;
  }

  private double peak() {
    return 1e-9 * MatrixProduct.FLOATING_POINT_OPERATIONS * rounds.rate(PRODUCT);
  }

  private double shareOfPeak(String precision) {
    return rounds.median(
        rates ->
            2.0
                * multiplyAdds
                / network(rates, precision)
                / (MatrixProduct.FLOATING_POINT_OPERATIONS * rates.get(PRODUCT)));
  }

  void print(PrintWriter out) {
    row(
        out,
        "model",
        "%s%s",
        model,
        counted()
            ? String.format(
                Locale.ROOT, ", %.2f G multiply-adds a segment of 1.5 s", multiplyAdds / 1e9)
            : "");
    row(out, "measured", "medians of %d rounds in which all took turns", rounds.count());
    out.println();
    out.println("                          segments/s    per core     GFLOP/s   of the peak");
    for (String precision : precisions()) {
      out.printf(
          Locale.ROOT,
          "%-26s%10.1f  %10.1f  %10s  %10s %%%n",
          precision + ", 1 caller",
          rounds.rate(precision),
          rounds.rate(precision),
          counted() ? String.format(Locale.ROOT, "%.1f", gigaflops(precision)) : "-",
          counted() ? String.format(Locale.ROOT, "%.0f", 100 * shareOfPeak(precision)) : "-");
      if (callers > 1) {
        double all = rounds.rate(together(precision));
        out.printf(
            Locale.ROOT,
            "%-26s%10.1f  %10.1f%n",
            precision + ", " + callers + " callers",
            all,
            all / callers);
      }
    }
    out.println();
    row(
        out,
        "peak",
        "%.1f GFLOP/s: the float32 product of two %d x %d matrices in ONNX Runtime, one core;"
            + " GFLOP/s above are the network's own, one caller",
        peak(),
        MatrixProduct.SIZE,
        MatrixProduct.SIZE);
    if (int8) {
      row(
          out,
          "int8 / float32",
          "%.2f x%s",
          rounds.ratio(INT8, FLOAT),
          callers > 1
              ? String.format(
                  Locale.ROOT,
                  " (%.2f x with %d callers)",
                  rounds.ratio(together(INT8), together(FLOAT)),
                  callers)
              : "");
    }
    for (String precision : precisions()) {
      List<String> byHop = new ArrayList<>();
      for (double hop : HOPS) {
        byHop.add(
            String.format(Locale.ROOT, "%.0f at %s s", Math.floor(channels(precision, hop)), hop));
      }
      row(out, "channels a core", "%s: %s", precision, String.join(", ", byHop));
    }
    row(
        out,
        "besides the network",
        "a segment's features %.3f ms, speech gate %.3f ms; a second's resampling from 8 kHz"
            + " %.3f ms",
        millis(FEATURES),
        millis(GATE),
        millis(RESAMPLER));
    for (String precision : precisions()) {
      row(
          out,
          "",
          "%.1f %% of the %s network at a hop of 0.75 s, %.1f %% at 1.5 s",
          100 * share(precision, 0.75),
          precision,
          100 * share(precision, SEGMENT));
    }
    peer.ifPresent(version -> printPeer(out, version));
    errorRates
        .entrySet()
        .forEach(
            rate ->
                row(
                    out,
                    "EER",
                    "%s: ours %.2f %%%s",
                    rate.getKey(),
                    rate.getValue()[0],
                    rate.getValue().length > 1
                        ? String.format(Locale.ROOT, ", the peer's %.2f %%", rate.getValue()[1])
                        : ""));
    notes.forEach(note -> row(out, "left out", "%s", note));
    out.flush();
  }

  private void printPeer(PrintWriter out, String version) {
    row(
        out,
        "peer",
        "%s %s on the same file, one thread: %.1f segments/s (%.1f ms); ours %.2f x float32%s",
        Peer.NAME,
        version,
        rounds.rate(Peer.NAME),
        1e3 / rounds.rate(Peer.NAME),
        rounds.ratio(FLOAT, Peer.NAME),
        int8 ? String.format(Locale.ROOT, ", %.2f x int8", rounds.ratio(INT8, Peer.NAME)) : "");
  }

  private static void row(PrintWriter out, String name, String format, Object... values) {
    out.printf(Locale.ROOT, "%-20s", name);
    out.printf(Locale.ROOT, format + "%n", values);
  }

  /** One line. */
  String json() {
    return JsonLine.of(
        json -> {
          json.writeStringField("model", model);
          if (counted()) {
            json.writeNumberField("multiplyAdds", multiplyAdds);
          }
          json.writeNumberField("rounds", rounds.count());
          json.writeNumberField("callers", callers);
          number(json, "peakGflops", peak());
          for (String precision : precisions()) {
            json.writeObjectFieldStart(precision);
            number(json, "segmentsPerSecond", rounds.rate(precision));
            if (callers > 1) {
              number(json, "segmentsPerSecondAllCallers", rounds.rate(together(precision)));
            }
            if (counted()) {
              number(json, "networkGflops", gigaflops(precision));
              number(json, "shareOfPeak", shareOfPeak(precision));
            }
            number(json, "shareBesidesNetwork", share(precision, 0.75));
            json.writeObjectFieldStart("channelsPerCoreByHop");
            for (double hop : HOPS) {
              number(json, Double.toString(hop), channels(precision, hop));
            }
            json.writeEndObject();
            json.writeEndObject();
          }
          if (int8) {
            number(json, "int8OverFloat32", rounds.ratio(INT8, FLOAT));
          }
          number(json, "featuresMillisPerSegment", millis(FEATURES));
          number(json, "gateMillisPerSegment", millis(GATE));
          number(json, "resamplerMillisPerSecond", millis(RESAMPLER));
          if (peer.isPresent()) {
            json.writeObjectFieldStart("peer");
            json.writeStringField("name", Peer.NAME);
            json.writeStringField("version", peer.get());
            number(json, "segmentsPerSecond", rounds.rate(Peer.NAME));
            number(json, "float32OverPeer", rounds.ratio(FLOAT, Peer.NAME));
            json.writeEndObject();
          }
          if (!errorRates.isEmpty()) {
            json.writeObjectFieldStart("eer");
            for (Map.Entry<String, double[]> rate : errorRates.entrySet()) {
              json.writeFieldName(rate.getKey());
              json.writeArray(rate.getValue(), 0, rate.getValue().length);
            }
            json.writeEndObject();
          }
          json.writeArrayFieldStart("leftOut");
          for (String note : notes) {
            json.writeString(note);
          }
          json.writeEndArray();
        });
  }

  private static void number(JsonGenerator json, String field, double value) throws IOException {
    json.writeNumberField(field, Math.round(value * 1e5) / 1e5);
  }
}
