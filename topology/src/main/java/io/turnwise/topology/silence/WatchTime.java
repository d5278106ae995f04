package io.turnwise.topology.silence;

/**
 * Milliseconds during which the application was looking for records. Of the time between two looks
 * only so much counts: whoever stood still for longer, in a commit that the brokers did not answer
 * or because the process was stopped, cannot say of a source that it was silent. Not thread-safe.
 */
final class WatchTime {
  private final long mostMillis;
  private long watched;
  private long lastLook;

  /**
   * Begins to look.
   *
   * @param mostMillis what counts between two looks at most: more than there usually is between
   *     them, and less than any silence that matters
   */
  WatchTime(long mostMillis, long nowMillis) {
    this.mostMillis = mostMillis;
    this.lastLook = nowMillis;
  }

  /**
   * Looks.
   *
   * @param nowMillis by any clock, also one that steps
   * @return the time watched so far; never less than before
   */
  long at(long nowMillis) {
    watched += Math.max(0, Math.min(mostMillis, nowMillis - lastLook));
    lastLook = nowMillis;
    return watched;
  }
}
