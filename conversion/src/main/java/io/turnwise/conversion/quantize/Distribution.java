package io.turnwise.conversion.quantize;

/**
 * How often a tensor's values fall where: a histogram over a range that is known before it is
 * filled. Zeros are left out: every scale holds 0 exactly. Mutable, not thread-safe.
 */
final class Distribution {
  private static final int BINS = 2_048;

  private final double least;
  private final double most;
  private final double width;
  private final long[] counts = new long[BINS];
  private long total;

  /** Over a range that must hold every value added; widened until it holds 0. */
  Distribution(double least, double most) {
    this.least = Math.min(least, 0);
    this.most = Math.max(most, 0);
    width = (this.most - this.least) / BINS;
  }

  void add(float[] values) {
    double perBin = width > 0 ? 1 / width : 0;
    for (float value : values) {
      if (value == 0) {
        continue;
      }
      total++;
      int bin = (int) ((value - least) * perBin);
      counts[Math.max(0, Math.min(BINS - 1, bin))]++;
    }
  }

  Scale whole() {
    return Scale.over(least, most);
  }

  /** Leaves at most that share of the values outside, on either side. */
  Scale without(double share) {
    long spare = (long) (share * total);
    int low = 0;
    for (long left = counts[0]; low < BINS - 1 && left <= spare; left += counts[low]) {
      low++;
    }
    int high = BINS - 1;
    for (long left = counts[BINS - 1]; high > 0 && left <= spare; left += counts[high]) {
      high--;
    }
    return Scale.over(edge(low), edge(high + 1));
  }

  private double edge(int bin) {
    return bin == BINS ? most : least + bin * width;
  }

  /** The range, among shrunken ones, with the least mean square of rounding and cutting. */
  Scale leastSquares() {
    Scale best = whole();
    double bestError = meanSquare(best);
    for (int percent = 98; percent >= 20; percent -= 2) {
      Scale shrunken = Scale.over(least * percent / 100, most * percent / 100);
      double error = meanSquare(shrunken);
      if (error < bestError) {
        best = shrunken;
        bestError = error;
      }
    }
    return best;
  }

  private double meanSquare(Scale scale) {
    double low = -scale.zeroPoint() * (double) scale.step();
    double high = (255 - scale.zeroPoint()) * (double) scale.step();
    double rounding = (double) scale.step() * scale.step() / 12;
    double sum = 0;
    for (int bin = 0; bin < BINS; bin++) {
      double centre = least + (bin + 0.5) * width;
      double cut = Math.max(0, Math.max(low - centre, centre - high));
      sum += counts[bin] * (cut > 0 ? cut * cut : rounding);
    }
    return sum / Math.max(total, 1);
  }
}
