package io.turnwise.app.faults;

/**
 * A fault of a campaign.
 *
 * @param at when it begins, as a share of the play's time; 0 to 1
 * @param seed what its details are drawn with
 */
record PlannedFault(FaultKind kind, double at, long seed) {
  PlannedFault {
    if (!(at >= 0 && at <= 1)) {
      throw new IllegalArgumentException("at: " + at + " is not 0 to 1");
    }
  }
}
