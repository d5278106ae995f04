package io.turnwise.testing;

/**
 * Numbers between -1 and 1 that a few lines of any language make again: a linear congruential
 * generator modulo 2^32 (multiplier 1664525, increment 1013904223), of which the upper 24 bits
 * count.
 */
public final class RepeatableNoise {
  private int state;

  public RepeatableNoise(int seed) {
    state = seed;
  }

  public double next() {
    state = state * 1_664_525 + 1_013_904_223;
    return (state >>> 8) / (double) (1 << 23) - 1;
  }

  public float[] next(int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (scale * next());
    }
    return values;
  }
}
