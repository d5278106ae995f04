package io.turnwise.app.evaluate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * How far changes of speaker are from where they should be. A change is the beginning of a {@link
 * SpeakingTurn} but the first. Changes to one speaker and to this speaker's partner that are no
 * more than two seconds apart are matched, the nearest first, each once.
 *
 * @param errors of the changes that were matched
 * @param reference number of changes in the reference
 * @param hypothesis number of changes in the hypothesis
 */
record Boundaries(Quantiles errors, int reference, int hypothesis) {
  static final Boundaries NONE = new Boundaries(Quantiles.NONE, 0, 0);

  /** Longer than a segment, so that no error a segment may cause is cut off. */
  private static final long FARTHEST_MILLIS = 2_000;

  private record Pair(int reference, int hypothesis, long millis) {}

  /**
   * @param partners who of the hypothesis is who of the reference
   */
  static Boundaries of(
      List<SpeakingTurn> reference, List<SpeakingTurn> hypothesis, Map<String, String> partners) {
    List<Pair> pairs = new ArrayList<>();
    for (int r = 1; r < reference.size(); r++) {
      for (int h = 1; h < hypothesis.size(); h++) {
        long millis =
            Math.abs(Math.round(1000 * (hypothesis.get(h).start() - reference.get(r).start())));
        if (millis <= FARTHEST_MILLIS
            && hypothesis.get(h).speaker().equals(partners.get(reference.get(r).speaker()))) {
          pairs.add(new Pair(r, h, millis));
        }
      }
    }
    pairs.sort(
        Comparator.comparingLong(Pair::millis)
            .thenComparingInt(Pair::reference)
            .thenComparingInt(Pair::hypothesis));
    boolean[] refTaken = new boolean[reference.size()];
    boolean[] hypTaken = new boolean[hypothesis.size()];
    List<Long> errors = new ArrayList<>();
    for (Pair pair : pairs) {
      if (!refTaken[pair.reference] && !hypTaken[pair.hypothesis]) {
        refTaken[pair.reference] = true;
        hypTaken[pair.hypothesis] = true;
        errors.add(pair.millis);
      }
    }
    return new Boundaries(
        new Quantiles(errors),
        Math.max(0, reference.size() - 1),
        Math.max(0, hypothesis.size() - 1));
  }

  Boundaries plus(Boundaries other) {
    return new Boundaries(
        errors.plus(other.errors), reference + other.reference, hypothesis + other.hypothesis);
  }

  /** Share of the reference's changes that were not matched; 0 where there are none. */
  double unmatched() {
    return share(reference);
  }

  /** Share of the hypothesis's changes that were not matched; 0 where there are none. */
  double invented() {
    return share(hypothesis);
  }

  private double share(int changes) {
    return changes == 0 ? 0 : (double) (changes - errors.millis().size()) / changes;
  }
}
