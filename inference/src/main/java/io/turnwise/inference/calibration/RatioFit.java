package io.turnwise.inference.calibration;

/**
 * Log-likelihood ratios from scores: logistic regression with both kinds of trials weighing one
 * half, whatever their numbers, so that log odds are log-likelihood ratios (Brümmer and du Preez,
 * Application-independent evaluation of speaker detection, 2006). Its targets are Platt's ({@code
 * (n + 1) / (n + 2)} and its complement), so that scores which tell everything apart still give
 * finite ratios. Newton's method, halving steps that do not help; deterministic.
 *
 * @param slope above 0
 * @param intercept the ratio at score 0
 */
public record RatioFit(double slope, double intercept) {
  private static final int MOST_STEPS = 100;
  private static final int MOST_HALVINGS = 40;
  private static final double CONVERGED = 1e-12;

  /**
   * @param same scores of pairs of one speaker
   * @param different scores of pairs of two speakers
   * @throws IllegalArgumentException if there are fewer than two of either, one is not finite, or
   *     higher scores are not likelier of one speaker
   */
  public static RatioFit of(double[] same, double[] different) {
    double middle = (mean("same", same) + mean("different", different)) / 2;
    double slope = 0;
    double intercept = 0;
    double loss = loss(slope, intercept, middle, same, different);
    for (int step = 0; step < MOST_STEPS; step++) {
      Sums sums = new Sums(slope, intercept, middle);
      sums.add(same, target(same), 0.5 / same.length);
      sums.add(different, 1 - target(different), 0.5 / different.length);
      double determinant = sums.ss * sums.oo - sums.so * sums.so;
      if (!(determinant > 0)) {
        throw new IllegalArgumentException("scores: all are equal");
      }
      double bySlope = (sums.oo * sums.gs - sums.so * sums.go) / determinant;
      double byIntercept = (sums.ss * sums.go - sums.so * sums.gs) / determinant;
      double part = 1;
      double next = Double.POSITIVE_INFINITY;
      for (int halving = 0; halving < MOST_HALVINGS && !(next <= loss); halving++) {
        next =
            loss(slope - part * bySlope, intercept - part * byIntercept, middle, same, different);
        part = next <= loss ? part : part / 2;
      }
      if (!(next <= loss)) {
        break;
      }
      slope -= part * bySlope;
      intercept -= part * byIntercept;
      boolean settled = loss - next <= CONVERGED * loss;
      loss = next;
      if (settled) {
        break;
      }
    }
    if (!(slope > 0)) {
      throw new IllegalArgumentException(
          "scores: pairs of one speaker do not score higher than pairs of two");
    }
    return new RatioFit(slope, intercept - slope * middle);
  }

  private static double mean(String field, double[] scores) {
    if (scores.length < 2) {
      throw new IllegalArgumentException(
          field + ": " + scores.length + " scores are fewer than two");
    }
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      if (!Double.isFinite(scores[i])) {
        throw new IllegalArgumentException(field + ": score " + i + " is " + scores[i]);
      }
      sum += scores[i];
    }
    return sum / scores.length;
  }

  private static double target(double[] scores) {
    return (scores.length + 1.0) / (scores.length + 2.0);
  }

  private static double loss(
      double slope, double intercept, double middle, double[] same, double[] different) {
    double sum = 0;
    double target = target(same);
    for (double score : same) {
      double odds = slope * (score - middle) + intercept;
      sum += (softplus(odds) - target * odds) / same.length;
    }
    double ofDifferent = 0;
    target = 1 - target(different);
    for (double score : different) {
      double odds = slope * (score - middle) + intercept;
      ofDifferent += (softplus(odds) - target * odds) / different.length;
    }
    return (sum + ofDifferent) / 2;
  }

  /** ln(1 + e^x). */
  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  /** Gradient and curvature of the loss. */
  private static final class Sums {
    private final double slope;
    private final double intercept;
    private final double middle;
    private double gs;
    private double go;
    private double ss;
    private double so;
    private double oo;

    Sums(double slope, double intercept, double middle) {
      this.slope = slope;
      this.intercept = intercept;
      this.middle = middle;
    }

    void add(double[] scores, double target, double weight) {
      for (double score : scores) {
        double at = score - middle;
        double probability = 1 / (1 + Math.exp(-slope * at - intercept));
        double error = weight * (probability - target);
        double curvature = weight * probability * (1 - probability);
        gs += error * at;
        go += error;
        ss += curvature * at * at;
        so += curvature * at;
        oo += curvature;
      }
    }
  }
}
