package io.turnwise.app.evaluate;

import io.turnwise.serdes.SpeakerTimeline;
import io.turnwise.serdes.SpeakerTimeline.Interval;
import java.util.ArrayList;
import java.util.List;

/** Who spoke when, as the published events and the speech gate together say it. */
final class Hypothesis {
  /** Name of whoever speaks where nobody was named. */
  static final String UNKNOWN = "unknown";

  private Hypothesis() {}

  /**
   * The turns of one channel: its speech, cut where the label changes.
   *
   * @param channel the channel, from 0
   * @param labels that channel's labels from 0 on, ascending, without gaps
   */
  static List<Turn> turns(int channel, SpeechTimeline speech, List<Interval> labels) {
    List<Turn> turns = new ArrayList<>();
    for (Interval label : labels) {
      long to = label.untilMillis();
      for (long start = speech.nextStart(label.fromMillis()); start >= 0 && start < to; ) {
        long end = Math.min(to, speech.end(start));
        turns.add(new Turn(channel + 1, start / 1000.0, (end - start) / 1000.0, name(label)));
        start = end < to ? speech.nextStart(end) : -1;
      }
    }
    return turns;
  }

  private static String name(Interval label) {
    return label.speaker().equals(SpeakerTimeline.UNKNOWN) ? UNKNOWN : label.speaker();
  }
}
