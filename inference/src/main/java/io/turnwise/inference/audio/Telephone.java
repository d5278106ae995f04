package io.turnwise.inference.audio;

import java.util.Arrays;

/**
 * A simulated telephone line: 8 kHz, 300 to 3400 Hz, G.711 mu-law, and back to 16 kHz in 16 bits.
 * For measurements and calibration; pure, thread-safe.
 */
public final class Telephone {
  private static final int RATE = 8_000;

  /** Of 16-bit linear audio: the recordings that networks are trained on are nothing finer. */
  private static final float STEP = 1f / 32768;

  private static final double LOWEST_HZ = 300;
  private static final double HIGHEST_HZ = 3_400;
  private static final int TAPS = 255;
  private static final double[] BAND = band();

  private Telephone() {}

  /**
   * What the other end hears, without delay.
   *
   * @param wide samples at 16 kHz in [-1, 1)
   * @return as many samples at 16 kHz
   */
  public static float[] through(float[] wide) {
    // Twice the output rate read as what 16 kHz is to 8 kHz: the resampler knows only the ratio.
    float[] narrow = filtered(Resampler.whole(wide, 2 * Resampler.OUTPUT_RATE));
    byte[] coded = new byte[narrow.length];
    for (int i = 0; i < coded.length; i++) {
      coded[i] = G711.mulaw(narrow[i]);
    }
    Encoding.MULAW.decode(coded, 0, coded.length, narrow, 0);
    float[] heard = Arrays.copyOf(Resampler.whole(narrow, RATE), wide.length);
    for (int i = 0; i < heard.length; i++) {
      heard[i] = Math.round(Math.max(-1, Math.min(1 - STEP, heard[i])) / STEP) * STEP;
    }
    return heard;
  }

  private static float[] filtered(float[] in) {
    float[] out = new float[in.length];
    int half = TAPS / 2;
    for (int i = 0; i < out.length; i++) {
      double sum = 0;
      for (int k = Math.max(0, i - half); k <= Math.min(in.length - 1, i + half); k++) {
        sum += BAND[i - k + half] * in[k];
      }
      out[i] = (float) sum;
    }
    return out;
  }

  /** Two sincs' difference under a Hamming window, of gain 1 in the middle of the band. */
  private static double[] band() {
    double[] band = new double[TAPS];
    double gain = 0;
    for (int i = 0; i < TAPS; i++) {
      int n = i - TAPS / 2;
      double window = 0.54 - 0.46 * StrictMath.cos(2 * Math.PI * i / (TAPS - 1));
      band[i] = window * (lowPass(HIGHEST_HZ, n) - lowPass(LOWEST_HZ, n));
      gain += band[i] * StrictMath.cos(Math.PI * (LOWEST_HZ + HIGHEST_HZ) / RATE * n);
    }
    for (int i = 0; i < TAPS; i++) {
      band[i] /= gain;
    }
    return band;
  }

  private static double lowPass(double hertz, int n) {
    double cutoff = 2 * hertz / RATE;
    return n == 0 ? cutoff : StrictMath.sin(Math.PI * cutoff * n) / (Math.PI * n);
  }
}
