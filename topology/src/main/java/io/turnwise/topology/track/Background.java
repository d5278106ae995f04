package io.turnwise.topology.track;

/**
 * What is known of a voice besides the pieces at hand: passages of it and segments of the call's
 * other channels. Not thread-safe.
 */
final class Background {
  /** Mass at which a voice is so well known that more does not count more. */
  static final double MOST = 60;

  private final double[] sum;
  private double mass;
  private double usualMass;
  private double usual;

  /** Of a voice nothing is known of. */
  Background(int dimension) {
    sum = new double[dimension];
  }

  void add(Piece passage) {
    add(passage.mean(), passage.weight());
  }

  /**
   * Adds one segment.
   *
   * @param expected the similarity it is taken to have with the voice
   */
  void add(float[] unit, double weight, double expected) {
    add(unit, weight);
    usual += weight * expected;
    usualMass += weight;
  }

  private void add(float[] mean, double weight) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weight * mean[i];
    }
    mass += weight;
  }

  /** Weight of all that was added, in segments full of speech; beyond a bound no more. */
  double mass() {
    return Math.min(MOST, mass);
  }

  /** Average similarity of what was added with itself. */
  double cohesion() {
    if (mass == 0) {
      return 0;
    }
    double square = 0;
    for (double value : sum) {
      square += value * value / mass / mass;
    }
    double n = Math.max(mass, 1.5);
    double own = (square * n - 1) / (n - 1);
    return (usual + (mass - usualMass) * own) / mass;
  }

  /** Average cosine of a segment with what was added; only where mass is not 0. */
  double similarity(float[] unit) {
    double dot = 0;
    for (int i = 0; i < sum.length; i++) {
      dot += sum[i] * unit[i];
    }
    return dot / mass;
  }

  /** The mean of what was added; only where mass is not 0. */
  float[] centroid() {
    float[] centroid = new float[sum.length];
    for (int i = 0; i < centroid.length; i++) {
      centroid[i] = (float) (sum[i] / mass);
    }
    return centroid;
  }

  /** Adds mass x mean of it all to a sum of vectors. */
  void addTo(double[] vector) {
    for (int i = 0; i < sum.length; i++) {
      vector[i] += sum[i] * mass() / Math.max(mass, 1e-9);
    }
  }
}
