package io.turnwise.app;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C or SIGTERM as a flag: whoever works looks at it and closes what it opened, and the process
 * ends when that is done. Owned by the command that works; thread-safe.
 */
public final class StopSignal implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Duration patience;
  private final CountDownLatch requested = new CountDownLatch(1);
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stopAndWait, "turnwise-stop");

  private StopSignal(Duration patience) {
    this.patience = patience;
  }

  /** Listens from now on until closed. */
  public static StopSignal listen() {
    return listen(PATIENCE);
  }

  /**
   * The same.
   *
   * @param patience how long whoever works may take to close what it opened; then the process ends
   *     as it is
   */
  public static StopSignal listen(Duration patience) {
    StopSignal signal = new StopSignal(patience);
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  /** Whether the user wants the command to end. */
  public boolean requested() {
    return requested.getCount() == 0;
  }

  /** Waits for at most so long; returns at once when a stop is requested. */
  public boolean await(long millis) {
    try {
      return requested.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** The work is over and everything it opened is closed: the process may end. */
  @Override
  public void close() {
    finished.countDown();
    if (!requested()) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The process is ending already; the hook has nothing left to wait for.
        return;
      }
    }
  }

  private void stopAndWait() {
    requested.countDown();
    try {
      finished.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
