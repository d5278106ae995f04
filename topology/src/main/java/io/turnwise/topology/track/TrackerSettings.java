package io.turnwise.topology.track;

/**
 * How the tracker decides. Similarities are average cosines of a 1.5 s segment with a voice's
 * segments, as in {@link Voice}.
 *
 * @param threshold similarity above which a segment is rather of a known voice than of a new one,
 *     -1 to 1
 */
public record TrackerSettings(
    double threshold,
    double switchCost,
    double mintCost,
    double clamp,
    double foreign,
    int mintSegments,
    int mode,
    double massLimit,
    double adapt,
    double sameVoice,
    double selfTight,
    double joinThreshold,
    double enrolledBonus) {
  public static TrackerSettings of(double threshold) {
    if (!(threshold > -1 && threshold < 1)) {
      throw new IllegalArgumentException("threshold is " + threshold + ", not between -1 and 1");
    }
    return new TrackerSettings(threshold, 0.3, 0.3, 0.2, 0.1, 2, 0, 60, 0, 0, 0, 0.5, 0);
  }
}
