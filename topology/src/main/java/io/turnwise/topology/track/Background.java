package io.turnwise.topology.track;

/**
 * What is known of a voice besides a channel's windows: the segments that have joined it for good
 * and those of the call's other channels. Not thread-safe.
 */
final class Background {
  private final double[] sum;
  private double mass;
  private double cohesion;

  /** Of a voice nothing is known of. */
  Background(int dimension) {
    sum = new double[dimension];
  }

  void add(Voice voice) {
    if (voice.mass() > 0) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += voice.mass() * voice.value(i);
      }
      cohesion = (mass * cohesion + voice.mass() * voice.cohesion()) / (mass + voice.mass());
      mass += voice.mass();
    }
  }

  /**
   * Adds one segment.
   *
   * @param usual the similarity it is taken to have with the voice
   */
  void add(float[] unit, double weight, double usual) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weight * unit[i];
    }
    cohesion = (mass * cohesion + weight * usual) / (mass + weight);
    mass += weight;
  }

  /** Weight of all that was added, in segments full of speech. */
  double mass() {
    return mass;
  }

  /** Average similarity of what was added with itself. */
  double cohesion() {
    return cohesion;
  }

  /** Average cosine of a segment with what was added; only where mass is not 0. */
  double similarity(float[] unit) {
    double dot = 0;
    for (int i = 0; i < sum.length; i++) {
      dot += sum[i] * unit[i];
    }
    return dot / mass;
  }

  /** Adds mass x mean of it all to a sum of vectors. */
  void addTo(double[] vector) {
    for (int i = 0; i < sum.length; i++) {
      vector[i] += sum[i];
    }
  }
}
