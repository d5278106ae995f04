package io.turnwise.app.tracking;

import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;

/**
 * The time that Kafka Streams and the watch over it go by: the wall clock as it was at the start,
 * and from then on whatever has passed. When somebody sets the clock of a machine, nobody's audio
 * came later for it: no call is idle, no commit is put off, nothing is behind. Thread-safe.
 */
public final class SteadyTime implements Time {
  private static final long NANOS_A_MILLISECOND = 1_000_000;

  private final long startMillis;
  private final long startNanos;
  private final LongSupplier nanoTime;

  private SteadyTime(long startMillis, LongSupplier nanoTime) {
    this.startMillis = startMillis;
    this.startNanos = nanoTime.getAsLong();
    this.nanoTime = nanoTime;
  }

  /** From now on. */
  public static SteadyTime start() {
    return from(System.currentTimeMillis(), System::nanoTime);
  }

  /**
   * The same, of clocks of the caller's.
   *
   * @param startMillis what the wall clock says now
   * @param nanoTime a clock that nobody sets
   */
  public static SteadyTime from(long startMillis, LongSupplier nanoTime) {
    return new SteadyTime(startMillis, nanoTime);
  }

  @Override
  public long milliseconds() {
    return startMillis + (nanoTime.getAsLong() - startNanos) / NANOS_A_MILLISECOND;
  }

  @Override
  public long nanoseconds() {
    return nanoTime.getAsLong();
  }

  @Override
  public void sleep(long millis) {
    Time.SYSTEM.sleep(millis);
  }

  @Override
  public void waitObject(Object lock, Supplier<Boolean> condition, long deadlineMillis)
      throws InterruptedException {
    long left = Math.max(0, deadlineMillis - milliseconds());
    Time.SYSTEM.waitObject(lock, condition, Time.SYSTEM.milliseconds() + left);
  }
}
