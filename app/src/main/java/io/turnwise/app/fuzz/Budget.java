package io.turnwise.app.fuzz;

/** How long to go on. */
interface Budget {
  /**
   * @param cases how many there were
   */
  boolean spent(long cases);

  /** So many cases, which makes a run repeatable to the end. */
  static Budget ofCases(long most) {
    return cases -> cases >= most;
  }

  /** So long from now on. */
  static Budget ofSeconds(double seconds) {
    long until = System.nanoTime() + (long) (seconds * 1e9);
    return cases -> System.nanoTime() >= until;
  }
}
