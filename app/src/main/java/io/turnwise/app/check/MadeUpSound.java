package io.turnwise.app.check;

import java.util.Random;

/**
 * Sounds to run a model on where no recording is at hand: a buzz of changing pitch and loudness
 * over noise, different each time and the same for the same seed.
 */
final class MadeUpSound {
  private static final int RATE = 16_000;

  private final Random random;

  MadeUpSound(long seed) {
    random = new Random(seed);
  }

  /** The next sound, at 16 kHz, within -1 and 1. */
  float[] next(int samples) {
    double pitch = 70 + 250 * random.nextDouble();
    double glide = 0.5 + random.nextDouble();
    double loud = 0.02 + 0.4 * random.nextDouble();
    double noise = 0.001 + 0.05 * random.nextDouble();
    float[] sound = new float[samples];
    double phase = 0;
    for (int i = 0; i < samples; i++) {
      phase += pitch * (1 + (glide - 1) * i / samples) / RATE;
      double buzz = 2 * (phase - Math.floor(phase)) - 1;
      double swell = 0.6 + 0.4 * Math.sin(2 * Math.PI * 4 * i / RATE);
      sound[i] =
          (float) Math.max(-1, Math.min(1, loud * swell * buzz + noise * random.nextGaussian()));
    }
    return sound;
  }

  /** Flags of speech, one for each 10 ms: a part of the whole, most of it. */
  boolean[] speech(int samples) {
    boolean[] speech = new boolean[samples / 160];
    int from = random.nextInt(speech.length / 3 + 1);
    int to = speech.length - random.nextInt(speech.length / 3 + 1);
    for (int i = from; i < to; i++) {
      speech[i] = true;
    }
    return speech;
  }
}
