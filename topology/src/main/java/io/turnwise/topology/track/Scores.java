package io.turnwise.topology.track;

/**
 * What an event's comparison said.
 *
 * @param own cosine with the voice the event is about
 * @param runnerUp cosine with the nearest other; both -1 where there was nothing to compare with
 * @param ratio natural logarithm of the likelihood ratio; NaN without a calibration
 */
record Scores(double own, double runnerUp, double ratio) {
  /** Of an event that no comparison of its own led to. */
  static final Scores NONE = new Scores(0, 0, Double.NaN);

  /** Of an event before there was anything to compare with. */
  static final Scores NOTHING = new Scores(-1, -1, Double.NaN);
}
