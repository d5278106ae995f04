package io.turnwise.inference.internal;

/**
 * Power spectrum of real frames of 512 in single precision: a radix-4 transform, decimated in time,
 * of even and odd samples as real and imaginary parts, then the split into the real frame's
 * spectrum. Each operation in the order kiss_fft has it, which kaldi-native-fbank computes with:
 * where two bands of a frame lie 90 dB apart, the rounding of the louder is heard in the fainter,
 * and a transform more exact than the reference's would differ from it by thousandths of a log
 * unit. Immutable, thread-safe: the caller owns the scratch.
 */
public final class SinglePrecisionFft {
  /** Length of a frame. */
  public static final int SIZE = 512;

  /** Length of the complex transform: four stages of four. */
  private static final int HALF = SIZE / 2;

  private static final int STAGES = 4;

  private final int[] reversed = new int[HALF];
  private final float[] cos = new float[HALF];
  private final float[] sin = new float[HALF];
  private final float[] splitCos = new float[HALF / 2];
  private final float[] splitSin = new float[HALF / 2];

  public SinglePrecisionFft() {
    for (int i = 0; i < HALF; i++) {
      int digits = i;
      for (int stage = 0; stage < STAGES; stage++) {
        reversed[i] = reversed[i] << 2 | digits & 3;
        digits >>= 2;
      }
      double phase = -2 * Math.PI * i / HALF;
      cos[i] = (float) StrictMath.cos(phase);
      sin[i] = (float) StrictMath.sin(phase);
    }
    for (int i = 0; i < HALF / 2; i++) {
      double phase = -Math.PI * ((double) (i + 1) / HALF + 0.5);
      splitCos[i] = (float) StrictMath.cos(phase);
      splitSin[i] = (float) StrictMath.sin(phase);
    }
  }

  /**
   * @param frame the real frame, {@value #SIZE} values
   * @param re scratch of {@code SIZE / 2}
   * @param im scratch of {@code SIZE / 2}
   * @param power receives bins 0 to {@code SIZE / 2 - 1}; the Nyquist bin is left out
   */
  public void power(float[] frame, float[] re, float[] im, float[] power) {
    for (int i = 0; i < HALF; i++) {
      re[i] = frame[2 * reversed[i]];
      im[i] = frame[2 * reversed[i] + 1];
    }
    for (int quarter = 1; quarter < HALF; quarter *= 4) {
      for (int start = 0; start < HALF; start += 4 * quarter) {
        for (int k = 0; k < quarter; k++) {
          butterfly(re, im, start + k, quarter, k * (HALF / 4 / quarter));
        }
      }
    }
    float dc = re[0] + im[0];
    power[0] = dc * dc;
    for (int k = 1; k <= HALF / 2; k++) {
      int mirror = HALF - k;
      float evenRe = re[k] + re[mirror];
      float evenIm = im[k] - im[mirror];
      float oddRe = re[k] - re[mirror];
      float oddIm = im[k] + im[mirror];
      float turnedRe = oddRe * splitCos[k - 1] - oddIm * splitSin[k - 1];
      float turnedIm = oddRe * splitSin[k - 1] + oddIm * splitCos[k - 1];
      float aRe = (evenRe + turnedRe) * 0.5f;
      float aIm = (evenIm + turnedIm) * 0.5f;
      float bRe = (evenRe - turnedRe) * 0.5f;
      float bIm = (turnedIm - evenIm) * 0.5f;
      power[k] = aRe * aRe + aIm * aIm;
      power[mirror] = bRe * bRe + bIm * bIm;
    }
  }

  /** Joins four values a quarter apart; {@code turn} is the second's, in steps of the circle. */
  private void butterfly(float[] re, float[] im, int at, int quarter, int turn) {
    int b = at + quarter;
    int c = b + quarter;
    int d = c + quarter;
    float bRe = re[b] * cos[turn] - im[b] * sin[turn];
    float bIm = re[b] * sin[turn] + im[b] * cos[turn];
    float cRe = re[c] * cos[2 * turn] - im[c] * sin[2 * turn];
    float cIm = re[c] * sin[2 * turn] + im[c] * cos[2 * turn];
    float dRe = re[d] * cos[3 * turn] - im[d] * sin[3 * turn];
    float dIm = re[d] * sin[3 * turn] + im[d] * cos[3 * turn];
    float differenceRe = re[at] - cRe;
    float differenceIm = im[at] - cIm;
    float sumRe = re[at] + cRe;
    float sumIm = im[at] + cIm;
    float oddsRe = bRe + dRe;
    float oddsIm = bIm + dIm;
    float crossRe = bRe - dRe;
    float crossIm = bIm - dIm;
    re[at] = sumRe + oddsRe;
    im[at] = sumIm + oddsIm;
    re[b] = differenceRe + crossIm;
    im[b] = differenceIm - crossRe;
    re[c] = sumRe - oddsRe;
    im[c] = sumIm - oddsIm;
    re[d] = differenceRe - crossIm;
    im[d] = differenceIm + crossRe;
  }
}
