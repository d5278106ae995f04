package io.turnwise.app.demo;

import io.turnwise.app.view.Timeline;
import java.util.Locale;

/**
 * What a play came to.
 *
 * @param audioSeconds length of the audio of all channels together
 * @param wallSeconds from the first chunk sent to the last event seen
 * @param events events of all types
 * @param deadLetters records that could not be used
 * @param delays of the events behind the audio; empty where the audio had no pace
 */
record PlaySummary(
    double audioSeconds, double wallSeconds, int events, long deadLetters, DelayLog delays) {
  /**
   * The figures in one line.
   *
   * @param outcome what the events said in the end
   */
  String line(Timeline outcome) {
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%.1f s of audio in %.1f s (%.1f x real time): %s, %s; %s",
                audioSeconds,
                wallSeconds,
                audioSeconds / Math.max(wallSeconds, 1e-3),
                count(outcome.speakers(), "speaker"),
                count(outcome.changesOfSpeaker(), "speaker change"),
                count(events, "event")));
    if (!delays.isEmpty()) {
      line.append(
          String.format(
              Locale.ROOT,
              ", %d ms behind the audio (median; at most %d ms)",
              delays.median(),
              delays.greatest()));
    }
    if (deadLetters > 0) {
      line.append(", ").append(count(deadLetters, "record")).append(" could not be used");
    }
    return line.append('.').toString();
  }

  private static String count(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }
}
