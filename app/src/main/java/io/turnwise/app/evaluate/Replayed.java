package io.turnwise.app.evaluate;

import io.turnwise.avro.SpeakerChange;
import io.turnwise.serdes.SpeakerTimeline;
import io.turnwise.serdes.SpeakerTimeline.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;

/**
 * What a recording became: the one place where events and detected speech become turns. Where
 * nobody is named, {@link Hypothesis#UNKNOWN} speaks.
 *
 * @param speech by channel from 0, where the gate saw speech
 * @param events by revision, captured as if media time 0 were the epoch
 * @param segments number of segments that were cut, those without speech too
 */
public record Replayed(
    SortedMap<Integer, SpeechTimeline> speech, List<SpeakerChange> events, long segments) {
  public Replayed {
    events = events.stream().sorted(Comparator.comparingLong(SpeakerChange::getRevision)).toList();
  }

  /** Who spoke when, all channels on one timeline, after all corrections. */
  public List<Turn> revised() {
    return turns(Labels.revised(events));
  }

  /** Who spoke when, as it was said first. */
  public List<Turn> firstPublished() {
    return turns(Labels.firstPublished(events));
  }

  private List<Turn> turns(SortedMap<Integer, List<Interval>> labels) {
    List<Interval> nobody = List.of(new Interval(0, SpeakerTimeline.OPEN, SpeakerTimeline.UNKNOWN));
    List<Turn> turns = new ArrayList<>();
    speech.forEach(
        (channel, timeline) ->
            turns.addAll(
                Hypothesis.turns(channel, timeline, labels.getOrDefault(channel, nobody))));
    turns.sort(Comparator.comparingDouble(Turn::start).thenComparingInt(Turn::channel));
    return turns;
  }
}
