package io.turnwise.topology.track;

/**
 * What the tracker compares: one segment, or a passage of several that was taken together.
 *
 * @param channel the channel it was heard on
 * @param startMillis media time of its beginning
 * @param endMillis media time of its end; pieces of a channel that lie closer share samples
 * @param weight how many full segments it counts for
 * @param mean mean of its segments' unit vectors: its product with another's mean is the average of
 *     the cosines between the segments of both; not to be changed
 */
record Piece(int channel, long startMillis, long endMillis, double weight, float[] mean) {
  /** Seconds of a call that one full segment stands for. */
  static final double SECONDS = 0.75;

  boolean sharesSamplesWith(Piece other) {
    return channel == other.channel
        && startMillis < other.endMillis
        && other.startMillis < endMillis;
  }
}
