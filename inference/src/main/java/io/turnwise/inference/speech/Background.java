package io.turnwise.inference.speech;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What a channel sounds like between the words, and how loud its voices get: the least power of
 * each band and the greatest level, in blocks of half a second over the last seconds. After R.
 * Martin, "Noise power spectral density estimation based on optimal smoothing and minimum
 * statistics" (2001), without its optimal smoothing.
 */
final class Background {
  private static final int BLOCKS = 8;
  private static final int BLOCK_FRAMES = 50;

  /** A minimum lies below the mean it stands for; measured with averages of 90 ms. */
  private static final double MINIMUM_BIAS_DB = 1;

  /** Of the blocks with speech, the loudest frame's level is taken at this quantile. */
  private static final double PEAK_QUANTILE = 0.75;

  /** Length of the written state. */
  static final int BYTES = (BLOCKS + 1) * (BandEnergies.BANDS + 1) * Float.BYTES + 2;

  private final float[][] least = new float[BLOCKS + 1][BandEnergies.BANDS];
  private final float[] greatest = new float[BLOCKS + 1];

  /** Whole blocks held; the one being filled comes after them. */
  private int blocks;

  private int filled;

  /** Takes one frame's powers and its level in dB. */
  void hear(double[] powers, double level) {
    float[] now = least[blocks];
    if (filled == 0) {
      Arrays.fill(now, Float.POSITIVE_INFINITY);
      greatest[blocks] = Float.NEGATIVE_INFINITY;
    }
    for (int band = 0; band < now.length; band++) {
      now[band] = Math.min(now[band], (float) powers[band]);
    }
    greatest[blocks] = Math.max(greatest[blocks], (float) level);
    if (++filled == BLOCK_FRAMES) {
      close();
    }
  }

  private void close() {
    filled = 0;
    if (blocks < BLOCKS) {
      blocks++;
      return;
    }
    float[] oldest = least[0];
    System.arraycopy(least, 1, least, 0, BLOCKS);
    least[BLOCKS] = oldest;
    System.arraycopy(greatest, 1, greatest, 0, BLOCKS);
  }

  /** The background is at least this: what was heard does not vary as speech does. */
  void raiseTo(double[] powers) {
    for (int block = 0; block < held(); block++) {
      for (int band = 0; band < powers.length; band++) {
        least[block][band] = Math.max(least[block][band], (float) powers[band]);
      }
    }
  }

  boolean known() {
    return held() > 0;
  }

  double floorDb() {
    double[] floor = new double[BandEnergies.BANDS];
    Arrays.fill(floor, Double.POSITIVE_INFINITY);
    for (int block = 0; block < held(); block++) {
      for (int band = 0; band < floor.length; band++) {
        floor[band] = Math.min(floor[band], least[block][band]);
      }
    }
    return db(floor) + MINIMUM_BIAS_DB;
  }

  /** The voices' level, from the blocks louder than {@code least}; {@code expected} without any. */
  double peakDb(double least, double expected) {
    double[] peaks = new double[held()];
    int n = 0;
    for (int block = 0; block < held(); block++) {
      if (greatest[block] > least) {
        peaks[n++] = greatest[block];
      }
    }
    if (n == 0) {
      return expected;
    }
    Arrays.sort(peaks, 0, n);
    double at = PEAK_QUANTILE * (n - 1);
    int below = (int) at;
    int above = Math.min(n - 1, below + 1);
    return peaks[below] + (at - below) * (peaks[above] - peaks[below]);
  }

  private int held() {
    return blocks + (filled > 0 ? 1 : 0);
  }

  /** The sum of {@code powers} in dB. */
  static double db(double[] powers) {
    double sum = 0;
    for (double power : powers) {
      sum += power;
    }
    return 10 * StrictMath.log10(sum);
  }

  void write(ByteBuffer to) {
    to.put((byte) blocks).put((byte) filled);
    for (int block = 0; block <= BLOCKS; block++) {
      boolean used = block < held();
      for (float power : least[block]) {
        to.putFloat(used ? power : 0);
      }
      to.putFloat(used ? greatest[block] : 0);
    }
  }

  static Background read(ByteBuffer from) {
    Background background = new Background();
    background.blocks = from.get();
    background.filled = from.get();
    if (background.blocks < 0
        || background.blocks > BLOCKS
        || background.filled < 0
        || background.filled >= BLOCK_FRAMES) {
      throw new IllegalArgumentException(
          "speech gate state: "
              + background.blocks
              + " blocks and "
              + background.filled
              + " frames");
    }
    for (int block = 0; block <= BLOCKS; block++) {
      for (int band = 0; band < BandEnergies.BANDS; band++) {
        background.least[block][band] = from.getFloat();
      }
      background.greatest[block] = from.getFloat();
    }
    return background;
  }
}
