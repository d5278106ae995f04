package io.turnwise.topology.track;

/**
 * An interval of media time on a channel's timeline, in milliseconds.
 *
 * @param endMillis just after its end; greater than startMillis
 */
public record Span(long startMillis, long endMillis) {
  public Span {
    if (endMillis <= startMillis) {
      throw new IllegalArgumentException(
          "endMillis " + endMillis + " is not after startMillis " + startMillis);
    }
  }

  public long millis() {
    return endMillis - startMillis;
  }
}
