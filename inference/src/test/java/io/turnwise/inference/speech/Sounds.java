package io.turnwise.inference.speech;

import java.util.Arrays;
import java.util.Random;

/** Made-up signals at 16 kHz, and how a gate hears them. */
final class Sounds {
  static final int SEGMENT = 24_000;
  static final int HOP = 12_000;

  private Sounds() {}

  /**
   * Plays samples in segments of 1.5 s every {@code hop} samples; the latest segment decides about
   * a frame.
   */
  static boolean[] decisions(SpeechGate gate, float[] samples, int hop) {
    boolean[] decisions = new boolean[samples.length / SpeechGate.FRAME];
    int heard = 0;
    for (int end = SEGMENT; heard < decisions.length * SpeechGate.FRAME; end += hop) {
      int to = Math.min(end, decisions.length * SpeechGate.FRAME);
      int from = Math.max(0, to - SEGMENT);
      boolean[] segment = gate.decide(Arrays.copyOfRange(samples, from, to), to - heard);
      System.arraycopy(segment, 0, decisions, from / SpeechGate.FRAME, segment.length);
      heard = to;
    }
    return decisions;
  }

  static float[] noise(Random random, int length, double rms) {
    float[] noise = new float[length];
    for (int i = 0; i < length; i++) {
      noise[i] = (float) (rms * random.nextGaussian());
    }
    return noise;
  }

  /** A mains hum with its harmonics. */
  static float[] hum(int length, double rms) {
    float[] hum = new float[length];
    for (int i = 0; i < length; i++) {
      for (int harmonic = 1; harmonic <= 8; harmonic++) {
        hum[i] += (float) (rms / harmonic * Math.sin(2 * Math.PI * 50 * harmonic * i / 16_000));
      }
    }
    return hum;
  }

  /**
   * Something like talk over faint noise: buzzes of 0.1 to 0.4 s at 90 to 250 Hz in groups with
   * pauses between, some of digital silence.
   */
  static float[] babble(Random random, int length) {
    float[] samples = noise(random, length, 0.0005);
    int at = random.nextInt(16_000);
    while (at < length) {
      int syllable = 1_600 + random.nextInt(4_800);
      double pitch = 90 + random.nextInt(160);
      double level = 0.02 + 0.1 * random.nextDouble();
      for (int i = at; i < Math.min(length, at + syllable); i++) {
        double envelope = Math.sin(Math.PI * (i - at) / syllable);
        for (int harmonic = 1; harmonic <= 12; harmonic++) {
          samples[i] +=
              (float)
                  (level
                      * envelope
                      / harmonic
                      * Math.sin(2 * Math.PI * pitch * harmonic * i / 16_000));
        }
      }
      at += syllable + random.nextInt(random.nextInt(4) == 0 ? 24_000 : 3_200);
      if (random.nextInt(8) == 0) {
        int end = Math.min(length, at + random.nextInt(16_000));
        Arrays.fill(samples, Math.min(at, end), end, 0);
        at = end;
      }
    }
    return samples;
  }

  static float[] scaled(float[] samples, double gain) {
    float[] scaled = new float[samples.length];
    for (int i = 0; i < samples.length; i++) {
      scaled[i] = (float) (samples[i] * gain);
    }
    return scaled;
  }

  static float[] joined(float[] first, float[] second) {
    float[] joined = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, joined, first.length, second.length);
    return joined;
  }

  /** Share of the frames from {@code fromSecond} on that are speech. */
  static double share(boolean[] decisions, double fromSecond) {
    int from = (int) (fromSecond * 100);
    int speech = 0;
    for (int frame = from; frame < decisions.length; frame++) {
      speech += decisions[frame] ? 1 : 0;
    }
    return (double) speech / (decisions.length - from);
  }
}
