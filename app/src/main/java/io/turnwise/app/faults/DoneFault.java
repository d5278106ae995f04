package io.turnwise.app.faults;

import java.util.List;

/**
 * A fault as it was done.
 *
 * @param fromNanos when it began, on {@link System#nanoTime()}'s clock
 * @param toNanos when what was broken was whole again or had been started again
 * @param detail what was done, in words
 * @param tried whether there was anything left that it could spoil: outputs came after it had begun
 */
record DoneFault(PlannedFault planned, long fromNanos, long toNanos, String detail, boolean tried) {
  /** A fault whose time came when everything was out. */
  static DoneFault tooLate(PlannedFault planned) {
    long now = System.nanoTime();
    return new DoneFault(planned, now, now, "not done", false);
  }

  /** The same fault, seen from a run's end. */
  DoneFault among(List<Output> outputs) {
    return new DoneFault(
        planned,
        fromNanos,
        toNanos,
        detail,
        outputs.stream().anyMatch(output -> output.nanos() - fromNanos > 0));
  }
}
