package io.turnwise.app.trials;

import java.util.Arrays;

/**
 * Scores of trials, higher for likelier one voice, and what can be said of them. Equal scores are
 * one point of the receiver operating characteristic (ROC): no threshold parts them. Immutable.
 */
public final class TrialScores {
  private final double[] same;
  private final double[] different;

  /** Accepted of either kind from the highest score down; one entry for each distinct score. */
  private final int[] accepted;

  private final int[] falselyAccepted;

  /**
   * @param same scores of pairs of one speaker, one at least
   * @param different scores of pairs of two speakers, one at least
   * @throws IllegalArgumentException if there is none of either, or one is not a number
   */
  public TrialScores(double[] same, double[] different) {
    this.same = sorted("same", same);
    this.different = sorted("different", different);
    int[] right = new int[same.length + different.length];
    int[] wrong = new int[right.length];
    int points = 0;
    int s = same.length;
    int d = different.length;
    while (s > 0 || d > 0) {
      double score =
          Math.max(
              s > 0 ? this.same[s - 1] : Double.NEGATIVE_INFINITY,
              d > 0 ? this.different[d - 1] : Double.NEGATIVE_INFINITY);
      while (s > 0 && this.same[s - 1] == score) {
        s--;
      }
      while (d > 0 && this.different[d - 1] == score) {
        d--;
      }
      right[points] = same.length - s;
      wrong[points] = different.length - d;
      points++;
    }
    accepted = Arrays.copyOf(right, points);
    falselyAccepted = Arrays.copyOf(wrong, points);
  }

  private static double[] sorted(String field, double[] scores) {
    if (scores.length == 0) {
      throw new IllegalArgumentException(field + ": has no score");
    }
    double[] sorted = scores.clone();
    for (int i = 0; i < sorted.length; i++) {
      if (Double.isNaN(sorted[i])) {
        throw new IllegalArgumentException(field + ": score " + i + " is not a number");
      }
      // 0.0 and -0.0 are one score
      sorted[i] += 0.0;
    }
    Arrays.sort(sorted);
    return sorted;
  }

  /** Number of pairs of one speaker. */
  public int same() {
    return same.length;
  }

  /** Number of pairs of two speakers. */
  public int different() {
    return different.length;
  }

  /**
   * The rate, 0 to 1, at which as many pairs of one speaker are missed as pairs of two are
   * accepted: where the ROC, its points joined by straight lines, crosses that diagonal.
   */
  public double equalErrorRate() {
    double missBefore = 1;
    double falseBefore = 0;
    for (int i = 0; i < accepted.length; i++) {
      double miss = 1 - (double) accepted[i] / same.length;
      double falsely = (double) falselyAccepted[i] / different.length;
      if (falsely >= miss) {
        double part = (missBefore - falseBefore) / (missBefore - falseBefore + falsely - miss);
        return missBefore + part * (miss - missBefore);
      }
      missBefore = miss;
      falseBefore = falsely;
    }
    throw new IllegalStateException("the ROC ends where everything is accepted");
  }

  /**
   * The highest score at which as many pairs of two speakers are accepted as pairs of one missed.
   */
  public double equalErrorThreshold() {
    int s = same.length;
    int d = different.length;
    double score = Double.POSITIVE_INFINITY;
    while ((double) (different.length - d) / different.length < (double) s / same.length) {
      score =
          Math.max(
              s > 0 ? same[s - 1] : Double.NEGATIVE_INFINITY,
              d > 0 ? different[d - 1] : Double.NEGATIVE_INFINITY);
      while (s > 0 && same[s - 1] == score) {
        s--;
      }
      while (d > 0 && different[d - 1] == score) {
        d--;
      }
    }
    return score;
  }

  /** The mean of the rates of missed and of falsely accepted pairs at a threshold, 0 to 1. */
  public double errorRate(double threshold) {
    long missed = Arrays.stream(same).filter(score -> score < threshold).count();
    long falsely = Arrays.stream(different).filter(score -> score >= threshold).count();
    return ((double) missed / same.length + (double) falsely / different.length) / 2;
  }

  /** The mean score of pairs of one speaker. */
  public double meanOfSame() {
    return Arrays.stream(same).average().orElseThrow();
  }

  /** The mean score of pairs of two speakers. */
  public double meanOfDifferent() {
    return Arrays.stream(different).average().orElseThrow();
  }

  /**
   * The least detection cost over all thresholds (NIST's SRE plans), both errors costing 1, over
   * what it costs never to listen: {@code min (P miss + (1 - P) false) / min(P, 1 - P)}.
   *
   * @param prior P, how likely a pair is of one speaker, above 0 and below 1
   */
  public double leastDetectionCost(double prior) {
    if (!(prior > 0 && prior < 1)) {
      throw new IllegalArgumentException("prior: " + prior + " is not between 0 and 1");
    }
    double least = prior;
    for (int i = 0; i < accepted.length; i++) {
      double miss = 1 - (double) accepted[i] / same.length;
      double falsely = (double) falselyAccepted[i] / different.length;
      least = Math.min(least, prior * miss + (1 - prior) * falsely);
    }
    return least / Math.min(prior, 1 - prior);
  }

  /**
   * Cllr, where the scores are natural log-likelihood ratios: what is lost by believing them, in
   * bits; 1 for ratios that say nothing (Brümmer and du Preez, Application-independent evaluation
   * of speaker detection, 2006).
   */
  public double cllr() {
    double sum = 0;
    for (double ratio : same) {
      sum += softplus(-ratio) / same.length;
    }
    double ofDifferent = 0;
    for (double ratio : different) {
      ofDifferent += softplus(ratio) / different.length;
    }
    return (sum + ofDifferent) / 2 / Math.log(2);
  }

  /** ln(1 + e^x). */
  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  /**
   * The least {@link #cllr()} that any rising map of the scores reaches: that of the ratios found
   * by pooling adjacent violators.
   */
  public double leastCllr() {
    // From the lowest score up; a block of pairs whose share of one speaker does not rise is one.
    int[] right = new int[accepted.length];
    int[] wrong = new int[accepted.length];
    int blocks = 0;
    for (int i = accepted.length - 1; i >= 0; i--) {
      right[blocks] = accepted[i] - (i > 0 ? accepted[i - 1] : 0);
      wrong[blocks] = falselyAccepted[i] - (i > 0 ? falselyAccepted[i - 1] : 0);
      while (blocks > 0
          && (long) right[blocks - 1] * wrong[blocks] >= (long) right[blocks] * wrong[blocks - 1]) {
        right[blocks - 1] += right[blocks];
        wrong[blocks - 1] += wrong[blocks];
        blocks--;
      }
      blocks++;
    }
    double bits = 0;
    for (int i = 0; i < blocks; i++) {
      double ofSame = (double) right[i] / same.length;
      double ofDifferent = (double) wrong[i] / different.length;
      if (right[i] > 0 && wrong[i] > 0) {
        bits += ofSame * Math.log1p(ofDifferent / ofSame);
        bits += ofDifferent * Math.log1p(ofSame / ofDifferent);
      }
    }
    return bits / 2 / Math.log(2);
  }
}
