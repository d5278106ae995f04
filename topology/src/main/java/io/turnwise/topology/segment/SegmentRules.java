package io.turnwise.topology.segment;

/**
 * How a timeline is cut and repaired.
 *
 * @param hopMillis from the start of one segment to the next, 250 to 1500, a multiple of 10
 * @param horizonMillis how much later audio is held back for a missing chunk
 * @param gapFillMillis longest gap that is filled with silence
 */
public record SegmentRules(int hopMillis, int horizonMillis, int gapFillMillis) {
  public SegmentRules {
    if (hopMillis < 250 || hopMillis > 1500 || hopMillis % 10 != 0) {
      throw new IllegalArgumentException(
          "hopMillis: " + hopMillis + " is not a multiple of 10 in 250..1500");
    }
    if (horizonMillis < 0) {
      throw new IllegalArgumentException("horizonMillis: " + horizonMillis + " is negative");
    }
    if (gapFillMillis < 0) {
      throw new IllegalArgumentException("gapFillMillis: " + gapFillMillis + " is negative");
    }
  }

  int hop() {
    return hopMillis * (Segment.RATE / 1000);
  }
}
