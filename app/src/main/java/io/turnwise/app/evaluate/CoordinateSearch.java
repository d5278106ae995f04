package io.turnwise.app.evaluate;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * Begins with the settings as they are and changes one number at a time, up and down by its step,
 * as long as that helps; when nothing helps any more, by half the step, and again.
 *
 * @param coordinates the numbers
 * @param allowed whether a candidate is within the settings' ranges
 * @param trials most candidates that are tried, 1 or more
 * @param seed of the order in which the numbers are changed
 */
record CoordinateSearch(
    List<Coordinate> coordinates, Predicate<Candidate> allowed, int trials, long seed)
    implements Search {
  private static final double LEAST_SCALE = 1.0 / 8;
  private static final int DECIMALS = 4;

  /**
   * A number among the settings.
   *
   * @param start its value as it is
   * @param step the first change, above 0
   * @param whole whether it has no fraction
   */
  record Coordinate(String key, double start, double step, boolean whole) {
    Coordinate {
      if (!Double.isFinite(start)) {
        throw new IllegalArgumentException("start: " + start + " of " + key + " is not finite");
      }
      if (!(step > 0) || Double.isInfinite(step)) {
        throw new IllegalArgumentException("step: " + step + " of " + key + " is not above 0");
      }
    }

    /** The value so many steps further; the same where the change is lost in rounding. */
    private String moved(Candidate from, double steps) {
      String before = from.values().get(key);
      double value = (before == null ? start : Double.parseDouble(before)) + steps * step;
      return BigDecimal.valueOf(value)
          .setScale(whole ? 0 : DECIMALS, RoundingMode.HALF_EVEN)
          .stripTrailingZeros()
          .toPlainString();
    }
  }

  CoordinateSearch {
    coordinates = List.copyOf(coordinates);
    if (trials < 1) {
      throw new IllegalArgumentException("trials: " + trials + " is less than 1");
    }
  }

  @Override
  public Candidate best(ToDoubleFunction<Candidate> loss) {
    Climb climb = new Climb(loss);
    climb.tryOut(Candidate.UNCHANGED);
    List<Coordinate> order = new ArrayList<>(coordinates);
    Collections.shuffle(order, Draw.by(seed));
    for (double scale = 1; scale >= LEAST_SCALE; scale /= 2) {
      boolean moved;
      do {
        moved = false;
        for (Coordinate coordinate : order) {
          moved |= climb.along(coordinate, scale) || climb.along(coordinate, -scale);
        }
      } while (moved);
    }
    return climb.best;
  }

  private final class Climb {
    private final ToDoubleFunction<Candidate> loss;
    private final Set<Candidate> tried = new HashSet<>();
    private Candidate best = Candidate.UNCHANGED;
    private double least = Double.POSITIVE_INFINITY;

    Climb(ToDoubleFunction<Candidate> loss) {
      this.loss = loss;
    }

    /** Goes on in one direction while it helps; returns whether it did. */
    boolean along(Coordinate coordinate, double steps) {
      boolean moved = false;
      while (tryOut(best.with(coordinate.key(), coordinate.moved(best, steps)))) {
        moved = true;
      }
      return moved;
    }

    /** Whether a candidate is the best now and was not before. */
    boolean tryOut(Candidate candidate) {
      if (tried.contains(candidate) || tried.size() >= trials || !allowed.test(candidate)) {
        return false;
      }
      double now = loss.applyAsDouble(candidate);
      tried.add(candidate);
      if (now < least) {
        least = now;
        best = candidate;
        return true;
      }
      return false;
    }
  }
}
