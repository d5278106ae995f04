package io.turnwise.topology.track;

import java.util.List;

/** Vectors of length 1, whose dot product is their cosine. */
final class UnitVector {
  private UnitVector() {}

  /**
   * Scales a vector to length 1.
   *
   * @throws IllegalArgumentException if it is empty, zero or not finite
   */
  static float[] of(List<Float> vector) {
    float[] unit = new float[vector.size()];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = vector.get(i);
    }
    scale(unit);
    return unit;
  }

  /** Scales a vector in place to length 1. */
  static void scale(float[] vector) {
    double length = Math.sqrt(dot(vector, vector));
    if (!(length > 0) || Double.isInfinite(length)) {
      throw new IllegalArgumentException(
          "vector of " + vector.length + " values has length " + length + " and so no direction");
    }
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (vector[i] / length);
    }
  }

  static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
