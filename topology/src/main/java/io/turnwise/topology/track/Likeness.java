package io.turnwise.topology.track;

import io.turnwise.inference.calibration.Calibration;
import io.turnwise.inference.calibration.Channel;

/** What the likeness of two voices means, by a model's calibration. Immutable, thread-safe. */
final class Likeness {
  private final Calibration calibration;

  Likeness(Calibration calibration) {
    this.calibration = calibration;
  }

  /** What it means for embeddings of a length: nothing where the calibration is for others. */
  Likeness of(int dimension) {
    boolean fits = calibration.dimension() == 0 || calibration.dimension() == dimension;
    return fits ? this : new Likeness(Calibration.none());
  }

  boolean isCalibrated() {
    return calibration.calibrated();
  }

  /** Cosine of two centroids of any length but 0, centred as the calibration has it. */
  double cosine(float[] a, float[] b) {
    float[] one = new float[a.length];
    float[] other = new float[b.length];
    calibration.centre(a, one);
    calibration.centre(b, other);
    return UnitVector.dot(one, other);
  }

  /**
   * Natural logarithm of how much likelier a cosine is of one voice than of two; NaN without a
   * calibration.
   *
   * @param seconds speech in the one and in the other
   */
  double ratio(double cosine, double seconds, double otherSeconds, boolean telephone) {
    return calibration.calibrated()
        ? calibration.logLikelihoodRatio(
            cosine, seconds, otherSeconds, telephone ? Channel.TELEPHONE : Channel.WIDE_BAND)
        : Double.NaN;
  }
}
