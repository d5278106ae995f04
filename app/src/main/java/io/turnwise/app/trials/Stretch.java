package io.turnwise.app.trials;

import io.turnwise.inference.audio.Telephone;
import io.turnwise.inference.speech.SpeechGate;
import java.util.Arrays;

/**
 * Speech of one speaker.
 *
 * @param samples at 16 kHz in [-1, 1); not copied
 * @param speech one flag for each 10 ms of them; not copied
 */
record Stretch(float[] samples, boolean[] speech) {
  /** From one possible beginning of the loudest stretch to the next: 0.25 s. */
  private static final int GRID = 4_000;

  Stretch {
    if (speech.length != samples.length / SpeechGate.FRAME) {
      throw new IllegalArgumentException(
          "speech: " + speech.length + " flags for " + samples.length + " samples");
    }
  }

  /**
   * The loudest stretch of a length that begins at a multiple of 0.25 s, the first of equals; all
   * of it where it is no longer than that. A stretch of silence would say nothing about a voice.
   */
  Stretch loudest(Length length) {
    int wanted = length.samples();
    if (samples.length <= wanted) {
      return this;
    }
    int best = 0;
    double most = -1;
    for (int start = 0; start + wanted <= samples.length; start += GRID) {
      double energy = 0;
      for (int i = start; i < start + wanted; i++) {
        energy += (double) samples[i] * samples[i];
      }
      if (energy > most) {
        most = energy;
        best = start;
      }
    }
    return part(best, best + wanted);
  }

  /** The samples from..to; {@code from} on a boundary of the flags. */
  Stretch part(int from, int to) {
    return new Stretch(
        Arrays.copyOfRange(samples, from, to),
        Arrays.copyOfRange(
            speech,
            from / SpeechGate.FRAME,
            from / SpeechGate.FRAME + (to - from) / SpeechGate.FRAME));
  }

  Stretch throughTelephone() {
    return new Stretch(Telephone.through(samples), speech);
  }

  /** How long somebody speaks. */
  double speechSeconds() {
    int frames = 0;
    for (boolean speaks : speech) {
      frames += speaks ? 1 : 0;
    }
    return frames * 0.01;
  }
}
