package io.turnwise.topology.order;

/**
 * How long one channel of a call is waited for.
 *
 * @param lagMillis how far the others may have come in media time, 1 or more
 * @param announced whether each channel tells of its beginning, its progress and its rests; where
 *     not, a channel nobody has heard of may bring something at any time, and all is held back for
 *     {@code lagMillis}
 */
record OrderRules(int lagMillis, boolean announced) {
  /**
   * How much a channel's progress grows before it is stored. It is stored to know after a crash
   * whom to wait for as if there had been none.
   */
  static final int NOTED_MILLIS = 500;

  OrderRules {
    if (lagMillis < 1) {
      throw new IllegalArgumentException("lagMillis: " + lagMillis + " is less than 1");
    }
  }

  /**
   * The least lag at which nothing that the segment stage mends changes the order: a channel stands
   * still for as long as a gap that is filled, or while a missing chunk is waited for, and the
   * chunk with which it goes on may itself be late by the horizon.
   */
  static OrderRules of(int horizonMillis, int gapFillMillis, boolean announced) {
    return new OrderRules(
        horizonMillis + Math.max(horizonMillis, gapFillMillis) + NOTED_MILLIS, announced);
  }
}
