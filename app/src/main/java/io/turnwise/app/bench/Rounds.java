package io.turnwise.app.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Rates of contenders that took turns: in each round each of them ran once, so that whatever else
 * the machine did fell on all of them. Figures are medians over the rounds; a ratio is the median
 * of the rounds' ratios, not the ratio of two medians.
 */
final class Rounds {
  /** Long enough for a hundred embeddings, short enough for many rounds. */
  private static final long SLICE_NANOS = 250_000_000;

  private static final int LEAST_ROUNDS = 5;

  private final List<Map<String, Double>> rounds;

  /**
   * @param rounds rates by contender, all of the same contenders; one round at least
   */
  Rounds(List<Map<String, Double>> rounds) {
    if (rounds.isEmpty()) {
      throw new IllegalArgumentException("rounds: is empty");
    }
    this.rounds = List.copyOf(rounds);
  }

  /**
   * Measures.
   *
   * @param seconds how long each contender runs in all; a quarter of that goes before and does not
   *     count, so that the JVM has compiled what it will
   */
  static Rounds of(List<Contender> contenders, double seconds) {
    long slice = Math.min(SLICE_NANOS, (long) (seconds * 1e9 / LEAST_ROUNDS));
    int count = (int) Math.max(LEAST_ROUNDS, Math.round(seconds * 1e9 / SLICE_NANOS));
    List<Map<String, Double>> rounds = new ArrayList<>();
    for (int round = -(count + 3) / 4; round < count; round++) {
      Map<String, Double> rates = new HashMap<>();
      for (Contender contender : contenders) {
        rates.put(contender.name(), contender.rate(slice));
      }
      if (round >= 0) {
        rounds.add(rates);
      }
    }
    return new Rounds(rounds);
  }

  int count() {
    return rounds.size();
  }

  /** Times a second. */
  double rate(String contender) {
    return median(round -> round.get(contender));
  }

  /** How many times as fast the one is as the other. */
  double ratio(String contender, String other) {
    return median(round -> round.get(contender) / round.get(other));
  }

  /** The median over the rounds of whatever is worked out of one round's rates. */
  double median(ToDoubleFunction<Map<String, Double>> figure) {
    double[] figures = rounds.stream().mapToDouble(figure).toArray();
    Arrays.sort(figures);
    int middle = figures.length / 2;
    return figures.length % 2 == 1 ? figures[middle] : (figures[middle - 1] + figures[middle]) / 2;
  }
}
