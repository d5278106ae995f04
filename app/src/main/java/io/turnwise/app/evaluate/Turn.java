package io.turnwise.app.evaluate;

/**
 * Somebody speaks for a while.
 *
 * @param channel channel as in RTTM, from 1
 * @param start seconds from the start of the file, 0 or more
 * @param duration seconds, 0 or more
 */
public record Turn(int channel, double start, double duration, String speaker) {
  public Turn {
    if (channel < 0) {
      throw new IllegalArgumentException("channel is " + channel + ", must be 0 or more");
    }
    if (!(start >= 0 && start < 1e7)) {
      throw new IllegalArgumentException("start is " + start + " s, must be 0 or more");
    }
    if (!(duration >= 0 && duration < 1e7)) {
      throw new IllegalArgumentException("duration is " + duration + " s, must be 0 or more");
    }
    if (speaker.isEmpty()) {
      throw new IllegalArgumentException("speaker is empty");
    }
  }

  public double end() {
    return start + duration;
  }
}
