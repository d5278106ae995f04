package io.turnwise.inference.speech;

import io.turnwise.inference.internal.RealFft;
import java.util.Arrays;

/**
 * Power of each 10 ms frame of a segment in eight bands from 100 to 7500 Hz. A frame is seen
 * through a 32 ms Hann window around its middle; at the segment's ends the window is moved inside.
 * Holds work space; not thread-safe.
 */
final class BandEnergies {
  /** Number of bands. */
  static final int BANDS = 8;

  private static final int WINDOW = 512;
  private static final int HALF = WINDOW / 2;
  private static final double RATE = 16_000;
  private static final double[] EDGES = {100, 300, 600, 1000, 1600, 2400, 3400, 5000, 7500};
  private static final int[] BAND_OF_BIN = bandOfBin();
  private static final double[] HANN = hann();

  /** Makes a window's power a mean square: a full-scale sine has 0.5. */
  private static final double SCALE = scale();

  private final RealFft fft = new RealFft(WINDOW);
  private final double[] windowed = new double[WINDOW];
  private final double[] re = new double[HALF];
  private final double[] im = new double[HALF];
  private final double[] power = new double[HALF];

  /** Mean square in each band, [segment.length / FRAME][BANDS]. */
  double[][] of(float[] segment) {
    int frames = segment.length / SpeechGate.FRAME;
    double[][] energies = new double[frames][BANDS];
    for (int frame = 0; frame < frames; frame++) {
      window(segment, frame, windowed);
      fft.power(windowed, re, im, power);
      for (int k = 1; k < HALF; k++) {
        if (BAND_OF_BIN[k] >= 0) {
          energies[frame][BAND_OF_BIN[k]] += power[k] * SCALE;
        }
      }
    }
    return energies;
  }

  private static void window(float[] segment, int frame, double[] into) {
    int middle = frame * SpeechGate.FRAME + SpeechGate.FRAME / 2;
    int begin = Math.max(0, Math.min(middle - HALF, segment.length - WINDOW));
    int length = Math.min(WINDOW, segment.length);
    for (int i = 0; i < length; i++) {
      into[i] = segment[begin + i] * HANN[i];
    }
    Arrays.fill(into, length, WINDOW, 0);
  }

  private static int[] bandOfBin() {
    int[] bands = new int[HALF];
    for (int k = 0; k < HALF; k++) {
      double hertz = k * RATE / WINDOW;
      bands[k] = -1;
      for (int band = 0; band < BANDS; band++) {
        if (hertz >= EDGES[band] && hertz < EDGES[band + 1]) {
          bands[k] = band;
        }
      }
    }
    return bands;
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
