package io.turnwise.app.baseline;

import java.util.ArrayList;
import java.util.List;

/**
 * What most streaming systems do: each segment belongs to the voice whose centroid, the running
 * mean of its segments' directions, has the greatest cosine with it, or, where that is below a
 * threshold, to a new voice. Nothing is taken back.
 */
public final class NaiveMatcher {
  private NaiveMatcher() {}

  /**
   * @param segments embeddings in the order of their time, all of one length
   * @param threshold least cosine with a known voice
   * @return for each segment the number of its voice, from 0 in the order of appearance
   * @throws IllegalArgumentException if an embedding has no direction
   */
  public static int[] labels(List<float[]> segments, double threshold) {
    List<double[]> sums = new ArrayList<>();
    int[] labels = new int[segments.size()];
    for (int i = 0; i < labels.length; i++) {
      double[] direction = Directions.of(segments.get(i));
      int best = -1;
      double nearest = Double.NEGATIVE_INFINITY;
      for (int voice = 0; voice < sums.size(); voice++) {
        double cosine = cosine(direction, sums.get(voice));
        if (cosine > nearest) {
          best = voice;
          nearest = cosine;
        }
      }
      if (best < 0 || nearest < threshold) {
        best = sums.size();
        sums.add(new double[direction.length]);
      }
      labels[i] = best;
      double[] sum = sums.get(best);
      for (int d = 0; d < sum.length; d++) {
        sum[d] += direction[d];
      }
    }
    return labels;
  }

  /** Opposite segments may cancel each other out: such a centroid is like nobody. */
  private static double cosine(double[] direction, double[] sum) {
    double square = Directions.dot(sum, sum);
    return square > 0 ? Directions.dot(direction, sum) / Math.sqrt(square) : -1;
  }
}
