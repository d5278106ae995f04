package io.turnwise.app.pyannote;

import io.turnwise.app.pyannote.LocalSpeakerTrials.Durations;
import io.turnwise.app.pyannote.LocalSpeakerTrials.Trials;
import io.turnwise.inference.calibration.Calibration;
import io.turnwise.inference.calibration.Channel;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What recordings with known local speakers say about the cosine at which the tracker should stand.
 *
 * <p>Measured directly at {@link #SHORT}, where local speakers have as much speech as a segment;
 * and at {@link #LONG}, where embeddings are those the pipeline is built for, to be carried to a
 * segment's length by what another model's calibration says of the two lengths. The threshold is
 * the mean of both. Each recording counts once, however long it is. Immutable.
 */
final class ThresholdReport {
  /** A segment's speech: 1.5 s. */
  static final Durations SHORT = new Durations(1, 2);

  static final Durations LONG = new Durations(5, 10.01);

  static final List<Durations> DURATIONS =
      List.of(SHORT, new Durations(2, 3), new Durations(3, 5), LONG);

  private final SortedMap<String, LocalSpeakerTrials> recordings;
  private final Calibration other;

  /**
   * @param recordings one at least
   * @param other calibration of a model that is not centred, for what a length does to a cosine
   */
  ThresholdReport(SortedMap<String, LocalSpeakerTrials> recordings, Calibration other) {
    if (other.centres()) {
      throw new IllegalArgumentException("other: centres, and the tracker's cosines are plain");
    }
    this.recordings = new TreeMap<>(recordings);
    this.other = other;
  }

  /** The mean of the recordings' thresholds of equal error; empty where none has enough pairs. */
  OptionalDouble direct(Durations durations) {
    return direct(durations, "");
  }

  /** The same without one recording. */
  OptionalDouble direct(Durations durations, String without) {
    return recordings.entrySet().stream()
        .filter(recording -> !recording.getKey().equals(without))
        .flatMap(recording -> recording.getValue().trials(durations).stream())
        .mapToDouble(trials -> trials.scores().equalErrorThreshold())
        .average();
  }

  /**
   * How a cosine that says nothing at {@link #SHORT} compares with one that says nothing at {@link
   * #LONG}, by the other model: the mean over the channels.
   */
  double share() {
    return Arrays.stream(Channel.values())
        .mapToDouble(channel -> neutral(channel, seconds(SHORT)) / neutral(channel, seconds(LONG)))
        .average()
        .orElseThrow();
  }

  /** Mean duration of the pairs, over the recordings. */
  private double seconds(Durations durations) {
    return recordings.values().stream()
        .flatMap(trials -> trials.trials(durations).stream())
        .mapToDouble(Trials::seconds)
        .average()
        .orElse((durations.from() + durations.to()) / 2);
  }

  /** Cosine at which the other model's ratio is 0: it is linear in the cosine. */
  private double neutral(Channel channel, double seconds) {
    double atZero = other.logLikelihoodRatio(0, seconds, seconds, channel);
    double slope = other.logLikelihoodRatio(1, seconds, seconds, channel) - atZero;
    return -atZero / slope;
  }

  /** The threshold for segments of 1.5 s; empty where there are not enough pairs. */
  OptionalDouble threshold() {
    OptionalDouble atShort = direct(SHORT);
    OptionalDouble atLong = direct(LONG);
    return atShort.isPresent() && atLong.isPresent()
        ? OptionalDouble.of((atShort.getAsDouble() + share() * atLong.getAsDouble()) / 2)
        : OptionalDouble.empty();
  }

  /** A table for people. */
  String table() {
    int width = Math.max(9, recordings.keySet().stream().mapToInt(String::length).max().orElse(0));
    StringBuilder table = new StringBuilder();
    table.append(
        line(
            "%-" + width + "s %7s %6s %8s %8s %6s %6s %7s %10s %11s",
            "recording",
            "seconds",
            "mean",
            "one",
            "two",
            "cos",
            "cos",
            "EER",
            "threshold",
            "of others"));
    recordings.forEach(
        (name, trials) -> {
          for (Durations durations : DURATIONS) {
            trials.trials(durations).ifPresent(of -> table.append(row(width, name, durations, of)));
          }
        });
    for (Durations durations : DURATIONS) {
      direct(durations)
          .ifPresent(
              threshold ->
                  table.append(
                      line(
                          "%-" + width + "s %7s %6s %8s %8s %6s %6s %7s %10.3f",
                          "mean",
                          range(durations),
                          line("%.2f", seconds(durations)).strip(),
                          "",
                          "",
                          "",
                          "",
                          "",
                          threshold)));
    }
    direct(LONG)
        .ifPresent(
            atLong ->
                table.append(
                    line(
                        "%nfrom %s s to %s s another model's neutral cosine falls to %.3f of itself:"
                            + " %.3f x %.3f = %.3f",
                        range(LONG), range(SHORT), share(), share(), atLong, share() * atLong)));
    threshold()
        .ifPresent(
            threshold -> table.append(line("threshold for segments of 1.5 s: %.3f", threshold)));
    return table.toString();
  }

  private String row(int width, String name, Durations durations, Trials trials) {
    OptionalDouble ofOthers = direct(durations, name);
    return line(
        "%-" + width + "s %7s %6.2f %8d %8d %6.2f %6.2f %6.1f%% %10.3f %11s",
        name,
        range(durations),
        trials.seconds(),
        trials.scores().same(),
        trials.scores().different(),
        trials.scores().meanOfSame(),
        trials.scores().meanOfDifferent(),
        100 * trials.scores().equalErrorRate(),
        trials.scores().equalErrorThreshold(),
        ofOthers.isPresent()
            ? String.format(
                Locale.ROOT, "%.1f%%", 100 * trials.scores().errorRate(ofOthers.getAsDouble()))
            : "-");
  }

  private static String range(Durations durations) {
    return String.format(Locale.ROOT, "%.0f-%.0f", durations.from(), Math.floor(durations.to()));
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format + "%n", values);
  }
}
