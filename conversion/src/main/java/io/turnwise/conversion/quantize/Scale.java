package io.turnwise.conversion.quantize;

/**
 * How an unsigned byte q stands for a float: (q - zeroPoint) x step.
 *
 * @param step positive
 * @param zeroPoint 0 to 255: the byte that stands for 0
 */
record Scale(float step, int zeroPoint) {
  private static final int LEVELS = 255;

  Scale {
    if (!(step > 0) || !Float.isFinite(step)) {
      throw new IllegalArgumentException("step: " + step + " is not positive");
    }
    if (zeroPoint < 0 || zeroPoint > LEVELS) {
      throw new IllegalArgumentException("zeroPoint: " + zeroPoint + " is not 0 to " + LEVELS);
    }
  }

  /** All 256 levels over the range, widened where need be until it holds 0. */
  static Scale over(double least, double most) {
    double low = Math.min(least, 0);
    double high = Math.max(most, 0);
    float step = (float) ((high - low) / LEVELS);
    return step > Float.MIN_NORMAL
        ? new Scale(step, (int) Math.max(0, Math.min(LEVELS, Math.rint(-low / step))))
        : new Scale(1, 0);
  }
}
