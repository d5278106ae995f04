package io.turnwise.app.models;

import java.time.Duration;

/** Waits; a test need not. */
@FunctionalInterface
interface Pause {
  Pause SLEEP = duration -> Thread.sleep(duration.toMillis());

  void of(Duration duration) throws InterruptedException;
}
