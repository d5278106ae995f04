package io.turnwise.inference.model;

/** How alike the directions of two embeddings are. */
public final class Cosine {
  private Cosine() {}

  /**
   * The cosine of the angle between two vectors, -1 to 1 but for rounding, summed in double
   * precision.
   *
   * @return NaN, which is no agreement, where the lengths differ, or one has no direction: it is
   *     all zeros, or has values that are not finite
   */
  public static double of(float[] a, float[] b) {
    if (a.length != b.length) {
      return Double.NaN;
    }
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return dot / Math.sqrt(aa * bb);
  }
}
