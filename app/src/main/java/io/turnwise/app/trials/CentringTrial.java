package io.turnwise.app.trials;

import io.turnwise.app.CommandFailed;
import io.turnwise.inference.calibration.Calibration;
import io.turnwise.inference.calibration.Calibration.Point;
import io.turnwise.inference.calibration.Channel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * Whether it helps to subtract the mean embedding: error rates with and without, each half of the
 * speakers centred on the mean of the other.
 *
 * @param rows one for each length and channel, in the order of the calibration's points by length
 */
record CentringTrial(List<Row> rows) {
  /** Error rates, 0 to 1, and how many pairs they are of. */
  record Row(Channel channel, double plain, double centred, int same, int different) {}

  /**
   * Halves the speakers by their numbers, even and odd.
   *
   * @throws CommandFailed if a half has fewer than two speakers in one of the comparisons
   */
  static CentringTrial of(List<Comparison> comparisons) {
    IntPredicate odd = speaker -> speaker % 2 == 1;
    comparisons.forEach(CentringTrial::requireTwoInEachHalf);
    Calibration byOdd = Calibration.of(mean(comparisons, odd), List.of());
    Calibration byEven = Calibration.of(mean(comparisons, odd.negate()), List.of());
    List<Row> rows = new ArrayList<>();
    for (Comparison raw : comparisons) {
      Comparison evens = raw.of(odd.negate());
      Comparison odds = raw.of(odd);
      for (Channel channel : Channel.values()) {
        TrialScores plain =
            scores(evens.centred(Calibration.none()), odds.centred(Calibration.none()), channel);
        TrialScores centred = scores(evens.centred(byOdd), odds.centred(byEven), channel);
        rows.add(
            new Row(
                channel,
                plain.equalErrorRate(),
                centred.equalErrorRate(),
                plain.same(),
                plain.different()));
      }
    }
    return new CentringTrial(rows);
  }

  private static void requireTwoInEachHalf(Comparison comparison) {
    for (int half = 0; half < 2; half++) {
      int parity = half;
      long speakers =
          Arrays.stream(comparison.speakers())
              .filter(speaker -> speaker % 2 == parity)
              .distinct()
              .count();
      if (speakers < 2) {
        throw new CommandFailed(
            "Whether centring helps cannot be told: every other folder, by its name, makes one half"
                + " of the speakers, and of the "
                + (half == 0 ? "first" : "second")
                + " half "
                + speakers
                + (speakers == 1 ? " has" : " have")
                + " two stretches of one length, where two is the least; add longer recordings of"
                + " these.");
      }
    }
  }

  private static TrialScores scores(Comparison one, Comparison other, Channel channel) {
    return one.cosines(channel).and(other.cosines(channel)).scores();
  }

  /**
   * The mean of the embeddings' directions, as recorded and by telephone, of all lengths, each
   * speaker counting once.
   */
  static float[] mean(List<Comparison> comparisons, IntPredicate someone) {
    Map<Integer, List<float[]>> bySpeaker = new TreeMap<>();
    for (Comparison raw : comparisons) {
      Comparison units = raw.of(someone).centred(Calibration.none());
      for (int i = 0; i < units.speakers().length; i++) {
        List<float[]> own =
            bySpeaker.computeIfAbsent(units.speakers()[i], speaker -> new ArrayList<>());
        own.add(units.wide()[i]);
        own.add(units.phone()[i]);
      }
    }
    double[] sum = new double[bySpeaker.values().iterator().next().get(0).length];
    for (List<float[]> own : bySpeaker.values()) {
      for (float[] unit : own) {
        for (int d = 0; d < sum.length; d++) {
          sum[d] += unit[d] / own.size() / bySpeaker.size();
        }
      }
    }
    float[] mean = new float[sum.length];
    for (int d = 0; d < mean.length; d++) {
      // seven digits after the point: what a float of this size holds
      mean[d] = (float) (Math.rint(sum[d] * 1e7) / 1e7);
    }
    return mean;
  }

  /** Whether error rates fall in more than half of the rows. */
  boolean helps() {
    return 2 * rows.stream().filter(row -> row.centred() < row.plain()).count() > rows.size();
  }

  /** The rows with the calibration they led to. */
  String table(Calibration calibration) {
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            "%-10s %7s %7s %8s %8s %8s %9s %9s %8s%n",
            "channel", "speech", "same", "others", "EER", "centred", "slope", "intercept", "at 0"));
    for (Channel channel : Channel.values()) {
      List<Point> points =
          calibration.points().stream().filter(point -> point.channel() == channel).toList();
      List<Row> own = rows.stream().filter(row -> row.channel() == channel).toList();
      for (int i = 0; i < own.size(); i++) {
        Row row = own.get(i);
        Point point = points.get(i);
        table.append(
            String.format(
                Locale.ROOT,
                "%-10s %5.2f s %7d %8d %7.2f%% %7.2f%% %9.3f %9.3f %8.3f%n",
                channel,
                point.seconds(),
                row.same(),
                row.different(),
                100 * row.plain(),
                100 * row.centred(),
                point.slope(),
                point.intercept(),
                -point.intercept() / point.slope()));
      }
    }
    return table.toString();
  }
}
