package io.turnwise.app.evaluate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * Tries all of some candidates, in their order.
 *
 * @param candidates one at least
 */
record GridSearch(List<Candidate> candidates) implements Search {
  /** More is a mistake on the command line rather than a wish. */
  static final int MOST = 100_000;

  GridSearch {
    candidates = List.copyOf(candidates);
    if (candidates.isEmpty()) {
      throw new IllegalArgumentException("candidates: there is none");
    }
  }

  /**
   * Every combination of some values.
   *
   * @param values one or more, by key
   * @param trials most that are tried: of more combinations so many are drawn
   * @param seed of the draw
   * @throws IllegalArgumentException if there are more than {@link #MOST} combinations
   */
  static GridSearch of(SortedMap<String, List<String>> values, OptionalInt trials, long seed) {
    List<Candidate> grid = List.of(Candidate.UNCHANGED);
    for (Map.Entry<String, List<String>> setting : values.entrySet()) {
      if ((long) grid.size() * setting.getValue().size() > MOST) {
        throw new IllegalArgumentException(
            "there are more than " + MOST + " combinations of the values; name fewer");
      }
      List<Candidate> longer = new ArrayList<>();
      for (Candidate candidate : grid) {
        for (String value : setting.getValue()) {
          longer.add(candidate.with(setting.getKey(), value));
        }
      }
      grid = longer;
    }
    if (trials.isPresent() && trials.getAsInt() < grid.size()) {
      grid = draw(grid, trials.getAsInt(), seed);
    }
    return new GridSearch(grid);
  }

  private static List<Candidate> draw(List<Candidate> grid, int count, long seed) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < grid.size(); i++) {
      order.add(i);
    }
    Collections.shuffle(order, Draw.by(seed));
    SortedSet<Integer> drawn = new TreeSet<>(order.subList(0, count));
    return drawn.stream().map(grid::get).toList();
  }

  @Override
  public Candidate best(ToDoubleFunction<Candidate> loss) {
    Candidate best = candidates.get(0);
    double least = Double.POSITIVE_INFINITY;
    for (Candidate candidate : candidates) {
      double now = loss.applyAsDouble(candidate);
      if (now < least) {
        least = now;
        best = candidate;
      }
    }
    return best;
  }
}
