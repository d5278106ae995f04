package io.turnwise.app.evaluate;

import io.turnwise.avro.SpeakerChange;
import java.util.ArrayList;
import java.util.List;

/** Who spoke when, as the published changes and the speech gate together say it. */
final class Hypothesis {
  /** Name of whoever speaks where nobody was named. */
  static final String UNKNOWN = "unknown";

  private Hypothesis() {}

  /**
   * The turns of one channel. Speech before the first change is the first speaker's: there was
   * nobody else to name.
   *
   * @param channel the channel, from 0
   * @param changes that channel's changes, in the order of their revisions
   */
  static List<Turn> turns(int channel, SpeechTimeline speech, List<SpeakerChange> changes) {
    List<Turn> turns = new ArrayList<>();
    for (int i = 0; i < Math.max(1, changes.size()); i++) {
      long from = i == 0 ? 0 : changes.get(i).getAtMillis();
      long to = i + 1 < changes.size() ? changes.get(i + 1).getAtMillis() : Long.MAX_VALUE;
      String speaker = changes.isEmpty() ? UNKNOWN : name(changes.get(i));
      for (long start = speech.nextStart(from); start >= 0 && start < to; ) {
        long end = Math.min(to, speech.end(start));
        turns.add(new Turn(channel + 1, start / 1000.0, (end - start) / 1000.0, speaker));
        start = end < to ? speech.nextStart(end) : -1;
      }
    }
    return turns;
  }

  private static String name(SpeakerChange change) {
    return change.getSpeaker() == null ? UNKNOWN : change.getSpeaker();
  }
}
