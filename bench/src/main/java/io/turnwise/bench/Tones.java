package io.turnwise.bench;

/** Test signals: what is measured does not depend on what is said. */
final class Tones {
  private Tones() {}

  static float[] warble(int rate, double seconds) {
    float[] samples = new float[(int) Math.round(rate * seconds)];
    for (int i = 0; i < samples.length; i++) {
      double t = i / (double) rate;
      samples[i] = (float) (0.3 * Math.sin(2 * Math.PI * 3 * t) * Math.sin(2 * Math.PI * 440 * t));
    }
    return samples;
  }
}
