package io.turnwise.inference.internal;

/**
 * Power spectrum of real frames of a power of two: a radix-2 transform of half the length over
 * even/odd samples as real/imaginary parts, then the split into the real frame's spectrum (Press et
 * al., Numerical Recipes, 12.3). Immutable, thread-safe: the caller owns the scratch.
 */
public final class RealFft {
  private final int half;
  private final int[] reversed;
  private final double[] cos;
  private final double[] sin;

  /**
   * @param size frame length, a power of two of at least 4
   */
  public RealFft(int size) {
    if (size < 4 || Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException("size: " + size + " is not a power of two from 4 on");
    }
    half = size / 2;
    reversed = new int[half];
    int shift = Integer.numberOfLeadingZeros(half) + 1;
    for (int i = 0; i < half; i++) {
      reversed[i] = Integer.reverse(i) >>> shift;
    }
    cos = new double[half];
    sin = new double[half];
    for (int k = 0; k < half; k++) {
      // The same bits on every platform: the speech gate decides by what comes out.
      cos[k] = StrictMath.cos(2 * Math.PI * k / size);
      sin[k] = -StrictMath.sin(2 * Math.PI * k / size);
    }
  }

  /**
   * @param frame the real frame, {@code size} values
   * @param re scratch of size / 2
   * @param im scratch of size / 2
   * @param power receives bins 0 to size / 2 - 1; the Nyquist bin is left out
   */
  public void power(double[] frame, double[] re, double[] im, double[] power) {
    for (int i = 0; i < half; i++) {
      int from = 2 * reversed[i];
      re[i] = frame[from];
      im[i] = frame[from + 1];
    }
    transform(re, im);
    double dc = re[0] + im[0];
    power[0] = dc * dc;
    for (int k = 1; k < half; k++) {
      int mirror = half - k;
      double evenRe = 0.5 * (re[k] + re[mirror]);
      double evenIm = 0.5 * (im[k] - im[mirror]);
      double oddRe = 0.5 * (im[k] + im[mirror]);
      double oddIm = 0.5 * (re[mirror] - re[k]);
      double binRe = evenRe + cos[k] * oddRe - sin[k] * oddIm;
      double binIm = evenIm + cos[k] * oddIm + sin[k] * oddRe;
      power[k] = binRe * binRe + binIm * binIm;
    }
  }

  private void transform(double[] re, double[] im) {
    for (int i = 0; i < half; i += 2) {
      double aRe = re[i];
      double aIm = im[i];
      double bRe = re[i + 1];
      double bIm = im[i + 1];
      re[i] = aRe + bRe;
      im[i] = aIm + bIm;
      re[i + 1] = aRe - bRe;
      im[i + 1] = aIm - bIm;
    }
    for (int span = 2; span < half; span *= 2) {
      int stride = half / span;
      for (int start = 0; start < half; start += 2 * span) {
        for (int j = 0; j < span; j++) {
          double wRe = cos[j * stride];
          double wIm = sin[j * stride];
          int a = start + j;
          int b = a + span;
          double tRe = re[b] * wRe - im[b] * wIm;
          double tIm = re[b] * wIm + im[b] * wRe;
          re[b] = re[a] - tRe;
          im[b] = im[a] - tIm;
          re[a] += tRe;
          im[a] += tIm;
        }
      }
    }
  }
}
