package io.turnwise.app.evaluate;

import io.turnwise.avro.SpeakerChange;
import io.turnwise.serdes.SpeakerTimeline;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;

/** Who spoke when, as all events of a call and the speech gate together say it. */
public final class SpokenTurns {
  private SpokenTurns() {}

  /**
   * Labels detected speech. Where nobody is named, {@link Hypothesis#UNKNOWN} speaks.
   *
   * @param speech by channel, from 0
   * @param events of one call, in the order of their revisions; all are applied
   * @return all channels' turns in the order of their beginning
   */
  public static List<Turn> of(
      SortedMap<Integer, SpeechTimeline> speech, List<SpeakerChange> events) {
    SpeakerTimeline timeline =
        new SpeakerTimeline(events.isEmpty() ? "call" : events.get(0).getCall());
    events.forEach(timeline::apply);
    List<Turn> turns = new ArrayList<>();
    speech.forEach(
        (channel, frames) ->
            timeline
                .intervals(channel)
                .forEach(interval -> turns.addAll(turns(channel, frames, interval))));
    turns.sort(Comparator.comparingDouble(Turn::start).thenComparingInt(Turn::channel));
    return turns;
  }

  private static List<Turn> turns(
      int channel, SpeechTimeline speech, SpeakerTimeline.Interval interval) {
    String speaker =
        interval.speaker().equals(SpeakerTimeline.UNKNOWN)
            ? Hypothesis.UNKNOWN
            : interval.speaker();
    List<Turn> turns = new ArrayList<>();
    long to = interval.untilMillis();
    for (long start = speech.nextStart(interval.fromMillis()); start >= 0 && start < to; ) {
      long end = Math.min(to, speech.end(start));
      turns.add(new Turn(channel + 1, start / 1000.0, (end - start) / 1000.0, speaker));
      start = end < to ? speech.nextStart(end) : -1;
    }
    return turns;
  }
}
