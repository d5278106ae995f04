package io.turnwise.inference.speech;

import io.turnwise.inference.internal.RealFft;
import java.util.Arrays;

/**
 * Power of each 10 ms frame of a segment in eight bands from 100 to 7500 Hz. A frame is seen
 * through a 32 ms Hann window around its middle; at the segment's ends the window is moved inside.
 */
final class BandEnergies {
  /** Number of bands. */
  static final int BANDS = 8;

  private static final int WINDOW = 512;
  private static final int HALF = WINDOW / 2;
  private static final double RATE = 16_000;
  private static final RealFft FFT = new RealFft(WINDOW);
  private static final double[] EDGES = {100, 300, 600, 1000, 1600, 2400, 3400, 5000, 7500};
  private static final int[] FIRST_BIN = firstBins();
  private static final double[] HANN = hann();

  /** Makes a window's power a mean square: a full-scale sine has 0.5. */
  private static final double SCALE = scale();

  private BandEnergies() {}

  /** Mean square in each band, [segment.length / FRAME][BANDS]. */
  static double[][] of(float[] segment) {
    int frames = segment.length / SpeechGate.FRAME;
    double[][] energies = new double[frames][BANDS];
    int together = RealFft.batchSize(frames);
    // Made anew: it is larger than all else that a channel's gate holds.
    RealFft.Batch batch = FFT.batch(together);
    double[] sum = new double[together];
    int[] begins = new int[together];
    for (int frame = 0; frame < frames; frame += together) {
      // The last batch reaches back into the one before it, so that all are whole.
      int first = Math.min(frame, frames - together);
      window(segment, first, begins, batch);
      batch.toPower();
      for (int band = 0; band < BANDS; band++) {
        sum(batch, band, sum);
        for (int i = 0; i < together; i++) {
          energies[first + i][band] = sum[i];
        }
      }
    }
    return energies;
  }

  private static void sum(RealFft.Batch batch, int band, double[] into) {
    Arrays.fill(into, 0);
    for (int k = FIRST_BIN[band]; k < FIRST_BIN[band + 1]; k++) {
      double[] power = batch.power(k);
      for (int i = 0; i < into.length; i++) {
        into[i] += power[i] * SCALE;
      }
    }
  }

  private static void window(float[] segment, int first, int[] begins, RealFft.Batch batch) {
    for (int i = 0; i < begins.length; i++) {
      int middle = (first + i) * SpeechGate.FRAME + SpeechGate.FRAME / 2;
      begins[i] = Math.max(0, Math.min(middle - HALF, segment.length - WINDOW));
    }
    int length = Math.min(WINDOW, segment.length);
    for (int n = 0; n < length; n++) {
      double weight = HANN[n];
      double[] into = batch.sample(n);
      for (int i = 0; i < into.length; i++) {
        into[i] = segment[begins[i] + n] * weight;
      }
    }
    for (int n = length; n < WINDOW; n++) {
      Arrays.fill(batch.sample(n), 0);
    }
  }

  /** First bin of each band, and the one after the last band. */
  private static int[] firstBins() {
    int[] first = new int[BANDS + 1];
    for (int edge = 0; edge <= BANDS; edge++) {
      first[edge] = (int) Math.ceil(EDGES[edge] * WINDOW / RATE);
    }
    return first;
  }

  private static double[] hann() {
    double[] window = new double[WINDOW];
    for (int i = 0; i < WINDOW; i++) {
      window[i] = 0.5 - 0.5 * StrictMath.cos(2 * Math.PI * i / WINDOW);
    }
    return window;
  }

  private static double scale() {
    double power = 0;
    for (double w : HANN) {
      power += w * w;
    }
    // Twice, for the mirrored half of the spectrum.
    return 2.0 / (WINDOW * power);
  }
}
