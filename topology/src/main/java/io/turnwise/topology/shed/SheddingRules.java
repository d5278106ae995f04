package io.turnwise.topology.shed;

/**
 * When segments are left out, and which.
 *
 * @param shedding what may be left out
 * @param lateMillis how late a record must be; at twice that what fades out may go too
 * @param hopMillis from the start of one segment to the next
 * @param threshold cosine below which two segments are rather of two voices, -1 to 1
 */
public record SheddingRules(Shedding shedding, long lateMillis, int hopMillis, double threshold) {
  public SheddingRules {
    if (lateMillis <= 0) {
      throw new IllegalArgumentException("lateMillis: " + lateMillis + " is not positive");
    }
    if (hopMillis <= 0) {
      throw new IllegalArgumentException("hopMillis: " + hopMillis + " is not positive");
    }
    if (!(threshold >= -1 && threshold <= 1)) {
      throw new IllegalArgumentException("threshold: " + threshold + " is not in -1..1");
    }
  }

  /** Whether anything may be left out at all. */
  public boolean sheds() {
    return shedding != Shedding.NONE;
  }
}
