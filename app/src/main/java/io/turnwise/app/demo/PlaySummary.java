package io.turnwise.app.demo;

import java.util.Locale;

/**
 * What a play came to.
 *
 * @param audioSeconds length of the audio of all channels together
 * @param wallSeconds from the first chunk sent to the last event seen
 * @param events speaker changes
 * @param deadLetters records that could not be used
 * @param delays of the events behind the audio; empty where the audio had no pace
 */
record PlaySummary(
    double audioSeconds, double wallSeconds, int events, long deadLetters, DelayLog delays) {
  /** The figures in one line. */
  String line() {
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%.1f s of audio in %.1f s (%.1f x real time), %d speaker change%s",
                audioSeconds,
                wallSeconds,
                audioSeconds / Math.max(wallSeconds, 1e-3),
                events,
                events == 1 ? "" : "s"));
    if (!delays.isEmpty()) {
      line.append(
          String.format(
              Locale.ROOT,
              ", %d ms behind the audio (median; at most %d ms)",
              delays.median(),
              delays.greatest()));
    }
    if (deadLetters > 0) {
      line.append(", ").append(deadLetters).append(" records could not be used");
    }
    return line.append('.').toString();
  }
}
