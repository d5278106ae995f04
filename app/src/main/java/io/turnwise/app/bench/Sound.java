package io.turnwise.app.bench;

import java.util.Random;

/** Made-up sound: how long an embedding takes does not depend on what is said. */
final class Sound {
  private Sound() {}

  /**
   * A buzz over noise, swelling like syllables; the same each time.
   *
   * @param rate samples a second
   */
  static float[] of(int rate, double seconds, long seed) {
    Random random = new Random(seed);
    double pitch = 90 + 150 * random.nextDouble();
    float[] samples = new float[(int) Math.round(rate * seconds)];
    for (int i = 0; i < samples.length; i++) {
      double t = i / (double) rate;
      double buzz = 2 * (t * pitch % 1) - 1;
      double syllables = 0.5 + 0.5 * Math.sin(2 * Math.PI * 4 * t);
      samples[i] = (float) (syllables * (0.3 * buzz + 0.02 * random.nextGaussian()));
    }
    return samples;
  }
}
