package io.turnwise.app.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A number of durations, of which a share is asked for.
 *
 * @param millis in any order
 */
record Quantiles(List<Long> millis) {
  static final Quantiles NONE = new Quantiles(List.of());

  Quantiles {
    millis = millis.stream().sorted().toList();
  }

  Quantiles plus(Quantiles other) {
    List<Long> all = new ArrayList<>(millis);
    all.addAll(other.millis);
    return new Quantiles(all);
  }

  OptionalLong median() {
    return at(0.5);
  }

  OptionalLong ninetieth() {
    return at(0.9);
  }

  /** By nearest rank: the least of them that this share of them do not exceed. */
  private OptionalLong at(double share) {
    if (millis.isEmpty()) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(millis.get((int) Math.ceil(share * millis.size()) - 1));
  }
}
