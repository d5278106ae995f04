package io.turnwise.app.faults;

/**
 * A fault as it was done.
 *
 * @param fromNanos when it began, on {@link System#nanoTime()}'s clock
 * @param toNanos when what was broken was whole again or had been started again
 * @param detail what was done, in words
 */
record DoneFault(PlannedFault planned, long fromNanos, long toNanos, String detail) {}
