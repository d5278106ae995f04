package io.turnwise.inference.model;

import ai.onnxruntime.OrtException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ends native work that takes too long, from a thread of its own. Closed when the work is over. */
final class Deadline implements AutoCloseable {
  /** How the work is told to end. */
  interface Stop {
    void stop() throws OrtException;
  }

  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread watch;
  private volatile boolean passed;

  private Deadline(Duration limit, Stop stop) {
    watch = new Thread(() -> await(limit, stop), "turnwise-deadline");
    watch.setDaemon(true);
  }

  static Deadline in(Duration limit, Stop stop) {
    Deadline deadline = new Deadline(limit, stop);
    deadline.watch.start();
    return deadline;
  }

  private void await(Duration limit, Stop stop) {
    try {
      if (!over.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        passed = true;
        stop.stop();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (OrtException e) {
      throw new IllegalStateException("the runtime cannot be told to end a run", e);
    }
  }

  /** Whether the work was told to end. */
  boolean passed() {
    return passed;
  }

  /** Returns when the work will not be told to end any more. */
  @Override
  public void close() {
    over.countDown();
    boolean interrupted = false;
    while (watch.isAlive()) {
      try {
        watch.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
