package io.turnwise.app.baseline;

/** Vectors of length 1. */
final class Directions {
  private Directions() {}

  /**
   * @throws IllegalArgumentException if the vector is of zeros or not finite
   */
  static double[] of(float[] vector) {
    double[] direction = new double[vector.length];
    for (int i = 0; i < vector.length; i++) {
      direction[i] = vector[i];
    }
    return scaled(direction);
  }

  static double[] scaled(double[] vector) {
    double length = Math.sqrt(dot(vector, vector));
    if (!(length > 0 && length < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("vector: has no direction");
    }
    double[] scaled = new double[vector.length];
    for (int i = 0; i < vector.length; i++) {
      scaled[i] = vector[i] / length;
    }
    return scaled;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
