package io.turnwise.inference.speech;

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

  private static final double[] COS = new double[HALF];
  private static final double[] SIN = new double[HALF];

  static {
    for (int k = 0; k < HALF; k++) {
      COS[k] = StrictMath.cos(2 * Math.PI * k / WINDOW);
      SIN[k] = -StrictMath.sin(2 * Math.PI * k / WINDOW);
    }
  }

  private final double[] re = new double[WINDOW];
  private final double[] im = new double[WINDOW];

  /** Mean square in each band, [segment.length / FRAME][BANDS]. */
  double[][] of(float[] segment) {
    int frames = segment.length / SpeechGate.FRAME;
    double[][] energies = new double[frames][BANDS];
    // Two real frames go through one complex transform.
    for (int frame = 0; frame < frames; frame += 2) {
      boolean pair = frame + 1 < frames;
      window(segment, frame, re);
      if (pair) {
        window(segment, frame + 1, im);
      } else {
        Arrays.fill(im, 0);
      }
      transform();
      gather(energies[frame], pair ? energies[frame + 1] : null);
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

  private void gather(double[] first, double[] second) {
    for (int k = 1; k < HALF; k++) {
      int band = BAND_OF_BIN[k];
      if (band < 0) {
        continue;
      }
      int mirror = WINDOW - k;
      double evenRe = re[k] + re[mirror];
      double evenIm = im[k] - im[mirror];
      first[band] += (evenRe * evenRe + evenIm * evenIm) * SCALE;
      if (second != null) {
        double oddRe = im[k] + im[mirror];
        double oddIm = re[mirror] - re[k];
        second[band] += (oddRe * oddRe + oddIm * oddIm) * SCALE;
      }
    }
  }

  /** An in-place radix-2 transform of {@code re + i im}. */
  private void transform() {
    for (int i = 1, j = 0; i < WINDOW; i++) {
      int bit = WINDOW >> 1;
      while ((j & bit) != 0) {
        j ^= bit;
        bit >>= 1;
      }
      j ^= bit;
      if (i < j) {
        double r = re[i];
        re[i] = re[j];
        re[j] = r;
        double m = im[i];
        im[i] = im[j];
        im[j] = m;
      }
    }
    for (int span = 1; span < WINDOW; span <<= 1) {
      int stride = HALF / span;
      for (int k = 0; k < span; k++) {
        double c = COS[k * stride];
        double s = SIN[k * stride];
        for (int a = k; a < WINDOW; a += 2 * span) {
          int b = a + span;
          double r = re[b] * c - im[b] * s;
          double m = re[b] * s + im[b] * c;
          re[b] = re[a] - r;
          im[b] = im[a] - m;
          re[a] += r;
          im[a] += m;
        }
      }
    }
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
    // Both halves of the spectrum (2), and the factor 2 left in gather's sums (a quarter).
    return 2.0 / 4.0 / (WINDOW * power);
  }
}
