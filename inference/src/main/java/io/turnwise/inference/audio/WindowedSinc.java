package io.turnwise.inference.audio;

/**
 * The low-pass filter of every resampling, as a function of time in samples of the lower of the two
 * rates: a sinc under a Kaiser window (Kaiser, 1974; Oppenheim and Schafer, Discrete-Time Signal
 * Processing, 7.5). Its stop band, 85 dB down, begins at the lower rate's Nyquist frequency; its
 * pass band ends at 92.5 % of it: 7.4 kHz for 16 kHz, 3.7 kHz for telephone audio.
 *
 * <p>One table of its right half serves all rates; between entries it is interpolated linearly,
 * which errs by less than 2e-6 of the peak (-114 dB). Immutable.
 */
final class WindowedSinc {
  /** Where the filter ends, in samples of the lower rate, on either side. */
  static final int HALF_WIDTH = 72;

  private static final double ATTENUATION_DB = 85;
  private static final double KAISER_BETA = 0.1102 * (ATTENUATION_DB - 8.7);

  /** Width of the transition from pass to stop band, as a part of the Nyquist frequency. */
  private static final double TRANSITION =
      (ATTENUATION_DB - 8) / (2.285 * 2 * HALF_WIDTH) / Math.PI;

  private static final double CUTOFF = 1 - TRANSITION / 2;
  private static final int STEPS = 512;
  private static final double[] TABLE = table();

  private WindowedSinc() {}

  /**
   * @param time distance from the filter's middle in samples of the lower rate, 0 or more
   */
  static double at(double time) {
    double place = time * STEPS;
    if (place >= HALF_WIDTH * STEPS) {
      return 0;
    }
    int before = (int) place;
    double value = TABLE[before];
    return value + (place - before) * (TABLE[before + 1] - value);
  }

  private static double[] table() {
    double[] table = new double[HALF_WIDTH * STEPS + 1];
    double peak = bessel(KAISER_BETA);
    for (int i = 0; i < table.length; i++) {
      double time = (double) i / STEPS;
      double edge = time / HALF_WIDTH;
      double window = bessel(KAISER_BETA * Math.sqrt(1 - edge * edge)) / peak;
      // StrictMath: the same table, and so the same samples, on every machine
      double angle = Math.PI * CUTOFF * time;
      table[i] = CUTOFF * window * (i == 0 ? 1 : StrictMath.sin(angle) / angle);
    }
    return table;
  }

  /** Modified Bessel function of the first kind and order zero, by its power series. */
  private static double bessel(double x) {
    double sum = 1;
    double term = 1;
    for (int k = 1; term > sum * 1e-17; k++) {
      double factor = x / (2 * k);
      term *= factor * factor;
      sum += term;
    }
    return sum;
  }
}
