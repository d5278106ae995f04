package io.turnwise.inference.internal;

/**
 * Power spectra of real frames of a power of two: a transform of half the length over even/odd
 * samples as real/imaginary parts, then the split into the real frame's spectrum (Press et al.,
 * Numerical Recipes, 12.3). Frames are transformed in batches: a row holds one sample, or one bin,
 * of all of them, so that the innermost loops run over frames and the JVM turns them into vector
 * instructions. What comes out for a frame does not depend on its batch. Immutable, thread-safe.
 */
public final class RealFft {
  /** Frames that still fit the second-level cache together. */
  private static final int MOST_FRAMES = 50;

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

  /** How many frames to transform at a time, of {@code frames} in all; 1 at least. */
  public static int batchSize(int frames) {
    int batches = Math.max(1, (frames + MOST_FRAMES - 1) / MOST_FRAMES);
    return Math.max(1, (frames + batches - 1) / batches);
  }

  /** Work space for that many frames at a time. */
  public Batch batch(int frames) {
    return new Batch(frames);
  }

  /** Frames that are transformed together, in place. Not thread-safe. */
  public final class Batch {
    private final double[][] re;
    private final double[][] im;

    private Batch(int frames) {
      if (frames < 1) {
        throw new IllegalArgumentException("frames: " + frames + " is not positive");
      }
      re = new double[half][frames];
      im = new double[half][frames];
    }

    /** Sample {@code n} of each frame, to be written before {@link #toPower()}. */
    public double[] sample(int n) {
      return (n % 2 == 0 ? re : im)[reversed[n / 2]];
    }

    /** Bin {@code k} of each frame's power, 0 to size / 2 - 1, after {@link #toPower()}. */
    public double[] power(int k) {
      return re[k];
    }

    /** Replaces the samples, all of them, by the spectra; the Nyquist bin is left out. */
    public void toPower() {
      int span = 1;
      if (Integer.numberOfTrailingZeros(half) % 2 == 1) {
        for (int a = 0; a < half; a += 2) {
          butterfly(re[a], im[a], re[a + 1], im[a + 1]);
        }
        span = 2;
      }
      for (; span < half; span *= 4) {
        for (int start = 0; start < half; start += 4 * span) {
          for (int j = 0; j < span; j++) {
            twoStages(start + j, span, j);
          }
        }
      }
      dc(re[0], im[0]);
      for (int k = 1; k <= half / 2; k++) {
        int m = half - k;
        split(re[k], im[k], re[m], im[m], cos[k], sin[k], cos[m], sin[m]);
      }
    }

    /** The butterflies of two stages that four rows go through without meeting others. */
    private void twoStages(int a, int span, int j) {
      int c = a + 2 * span;
      int first = j * (half / span);
      int second = first / 2;
      int third = second + half / 2;
      if (j == 0) {
        butterfly(re[a], im[a], re[a + span], im[a + span]);
        butterfly(re[c], im[c], re[c + span], im[c + span]);
      } else {
        butterfly(re[a], im[a], re[a + span], im[a + span], cos[first], sin[first]);
        butterfly(re[c], im[c], re[c + span], im[c + span], cos[first], sin[first]);
      }
      butterfly(re[a], im[a], re[c], im[c], cos[second], sin[second]);
      butterfly(re[a + span], im[a + span], re[c + span], im[c + span], cos[third], sin[third]);
    }
  }

  private static void butterfly(double[] aRe, double[] aIm, double[] bRe, double[] bIm) {
    for (int i = 0; i < aRe.length; i++) {
      double re = aRe[i];
      double im = aIm[i];
      double tRe = bRe[i];
      double tIm = bIm[i];
      aRe[i] = re + tRe;
      aIm[i] = im + tIm;
      bRe[i] = re - tRe;
      bIm[i] = im - tIm;
    }
  }

  private static void butterfly(
      double[] aRe, double[] aIm, double[] bRe, double[] bIm, double cos, double sin) {
    for (int i = 0; i < aRe.length; i++) {
      double re = aRe[i];
      double im = aIm[i];
      double tRe = bRe[i] * cos - bIm[i] * sin;
      double tIm = bRe[i] * sin + bIm[i] * cos;
      aRe[i] = re + tRe;
      aIm[i] = im + tIm;
      bRe[i] = re - tRe;
      bIm[i] = im - tIm;
    }
  }

  private static void dc(double[] re, double[] im) {
    for (int i = 0; i < re.length; i++) {
      double dc = re[i] + im[i];
      re[i] = dc * dc;
    }
  }

  /** Two bins of the real frames' power from the two rows that both come from. */
  private static void split(
      double[] aRe,
      double[] aIm,
      double[] bRe,
      double[] bIm,
      double aCos,
      double aSin,
      double bCos,
      double bSin) {
    for (int i = 0; i < aRe.length; i++) {
      double evenRe = 0.5 * (aRe[i] + bRe[i]);
      double evenIm = 0.5 * (aIm[i] - bIm[i]);
      double oddRe = 0.5 * (aIm[i] + bIm[i]);
      double oddIm = 0.5 * (bRe[i] - aRe[i]);
      double re = evenRe + aCos * oddRe - aSin * oddIm;
      double im = evenIm + aCos * oddIm + aSin * oddRe;
      double mirrorRe = evenRe + bCos * oddRe + bSin * oddIm;
      double mirrorIm = bSin * oddRe - bCos * oddIm - evenIm;
      aRe[i] = re * re + im * im;
      bRe[i] = mirrorRe * mirrorRe + mirrorIm * mirrorIm;
    }
  }
}
