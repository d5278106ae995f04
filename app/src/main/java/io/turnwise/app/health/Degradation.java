package io.turnwise.app.health;

/**
 * Whether the application counts as degraded: once it has been further behind than a limit for some
 * time, and until it has not been for as long. Not thread-safe.
 */
final class Degradation {
  private final long limitMillis;
  private final long afterMillis;
  private boolean degraded;
  private boolean changing;
  private long changingSince;

  /**
   * @param limitMillis how far behind is too far
   * @param afterMillis for how long
   */
  Degradation(long limitMillis, long afterMillis) {
    this.limitMillis = limitMillis;
    this.afterMillis = afterMillis;
  }

  /**
   * @param now milliseconds of any clock that does not go back
   * @return whether it is degraded from now on
   */
  boolean look(long now, long lagMillis) {
    boolean differs = lagMillis > limitMillis != degraded;
    if (differs && !changing) {
      changingSince = now;
    }
    changing = differs;
    if (differs && now - changingSince >= afterMillis) {
      degraded = !degraded;
      changing = false;
    }
    return degraded;
  }
}
