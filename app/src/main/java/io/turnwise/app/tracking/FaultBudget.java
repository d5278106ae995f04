package io.turnwise.app.tracking;

import io.turnwise.topology.UnreadableState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many faults of stream threads are borne: a thread that fails is replaced, as long as no more
 * than so many have failed within a window of time. State that cannot be read is not borne at all.
 * Thread-safe.
 */
public final class FaultBudget {
  private static final Logger log = LoggerFactory.getLogger(FaultBudget.class);

  private final int faults;
  private final Duration window;
  private final LongSupplier nanoTime;
  private final Deque<Long> recent = new ArrayDeque<>();
  private long total;

  /**
   * What has been borne.
   *
   * @param recent faults within the window
   * @param borne how many may be
   * @param total faults since the start
   */
  public record Count(int recent, int borne, Duration window, long total) {}

  /** What follows a fault. */
  public enum Verdict {
    REPLACE(StreamThreadExceptionResponse.REPLACE_THREAD),
    GIVE_UP(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);

    private final StreamThreadExceptionResponse response;

    Verdict(StreamThreadExceptionResponse response) {
      this.response = response;
    }

    StreamThreadExceptionResponse response() {
      return response;
    }
  }

  /**
   * @param faults how many are borne within the window, 0 or more
   */
  public FaultBudget(int faults, Duration window) {
    this(faults, window, System::nanoTime);
  }

  FaultBudget(int faults, Duration window, LongSupplier nanoTime) {
    if (faults < 0) {
      throw new IllegalArgumentException("faults: " + faults + " is negative");
    }
    this.faults = faults;
    this.window = window;
    this.nanoTime = nanoTime;
  }

  /** A budget that bears nothing. */
  public static FaultBudget none() {
    return new FaultBudget(0, Duration.ofSeconds(1));
  }

  synchronized Verdict take(Throwable fault) {
    long now = forgetOld();
    total++;
    recent.addLast(now);
    Verdict verdict =
        recent.size() > faults || isUnreadableState(fault) ? Verdict.GIVE_UP : Verdict.REPLACE;
    log.error(
        "a stream thread failed, fault {} within {} s where {} are borne: {}",
        recent.size(),
        window.toSeconds(),
        faults,
        verdict,
        fault);
    return verdict;
  }

  /** No other thread could read it. */
  private static boolean isUnreadableState(Throwable fault) {
    for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnreadableState) {
        return true;
      }
    }
    return false;
  }

  /** What has been borne so far. */
  public synchronized Count count() {
    forgetOld();
    return new Count(recent.size(), faults, window, total);
  }

  private long forgetOld() {
    long now = nanoTime.getAsLong();
    while (!recent.isEmpty() && now - recent.peekFirst() > window.toNanos()) {
      recent.removeFirst();
    }
    return now;
  }
}
