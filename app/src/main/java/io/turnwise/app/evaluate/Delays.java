package io.turnwise.app.evaluate;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.serdes.SpeakerTimeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How long after somebody begins to speak the events say so. A {@link SpeakingTurn} of the
 * reference is told by the first event decided after it began that names its speaker's partner and
 * after which part of the turn, on some channel, carries that name. A turn whose first moment
 * already does when it begins needs no event.
 *
 * @param tentative from the beginning of turns to the first event that tells them
 * @param confirmed to the first that tells them and is not tentative
 * @param firstWord from the first speech of files to the first event, whether or not it names
 *     anybody
 * @param turns number of turns in the reference
 * @param already how many of them needed no event
 * @param words number of files with speech
 */
record Delays(
    Quantiles tentative,
    Quantiles confirmed,
    Quantiles firstWord,
    int turns,
    int already,
    int words) {
  static final Delays NONE = new Delays(Quantiles.NONE, Quantiles.NONE, Quantiles.NONE, 0, 0, 0);

  /**
   * @param turns of the reference
   * @param events of one call, by revision, captured as if media time 0 were the epoch
   * @param partners who of the events is who of the reference
   */
  static Delays of(
      List<SpeakingTurn> turns, List<SpeakerChange> events, Map<String, String> partners) {
    List<Waiting> waiting = new ArrayList<>();
    for (SpeakingTurn turn : turns) {
      if (partners.containsKey(turn.speaker())) {
        waiting.add(new Waiting(turn, partners.get(turn.speaker())));
      }
    }
    if (!events.isEmpty()) {
      SpeakerTimeline timeline = new SpeakerTimeline(events.get(0).getCall());
      for (SpeakerChange event : events) {
        waiting.forEach(turn -> turn.beginBefore(event, timeline));
        timeline.apply(event);
        waiting.forEach(turn -> turn.hear(event, timeline));
      }
      waiting.forEach(turn -> turn.begin(timeline));
    }
    return new Delays(
        new Quantiles(waiting.stream().filter(turn -> turn.first >= 0).map(t -> t.first).toList()),
        new Quantiles(waiting.stream().filter(turn -> turn.firm >= 0).map(t -> t.firm).toList()),
        firstWord(turns, events),
        turns.size(),
        (int) waiting.stream().filter(turn -> turn.already).count(),
        turns.isEmpty() ? 0 : 1);
  }

  private static Quantiles firstWord(List<SpeakingTurn> turns, List<SpeakerChange> events) {
    if (turns.isEmpty()) {
      return Quantiles.NONE;
    }
    long begin = millis(turns.get(0).start());
    return new Quantiles(
        events.stream()
            .filter(event -> event.getType() == ChangeType.CHANGED)
            .map(event -> decidedAt(event) - begin)
            .filter(delay -> delay >= 0)
            .limit(1)
            .toList());
  }

  /** A turn on its way to being told. */
  private static final class Waiting {
    private final String name;
    private final long begin;
    private final long end;
    private boolean begun;
    private boolean already;
    private long first = -1;
    private long firm = -1;

    private Waiting(SpeakingTurn turn, String name) {
      this.name = name;
      this.begin = millis(turn.start());
      this.end = millis(turn.end());
    }

    private void beginBefore(SpeakerChange event, SpeakerTimeline timeline) {
      if (decidedAt(event) >= begin) {
        begin(timeline);
      }
    }

    private void begin(SpeakerTimeline timeline) {
      if (!begun) {
        begun = true;
        already = carries(timeline, name, begin, begin + 1);
      }
    }

    private void hear(SpeakerChange event, SpeakerTimeline timeline) {
      if (begun
          && !already
          && firm < 0
          && decidedAt(event) >= begin
          && name.equals(event.getSpeaker())
          && carries(timeline, name, begin, end)) {
        long delay = decidedAt(event) - begin;
        if (first < 0) {
          first = delay;
        }
        if (!event.getTentative()) {
          firm = delay;
        }
      }
    }
  }

  private static boolean carries(
      SpeakerTimeline timeline, String name, long fromMillis, long untilMillis) {
    for (int channel : timeline.channels()) {
      for (SpeakerTimeline.Interval interval : timeline.intervals(channel)) {
        if (interval.speaker().equals(name)
            && interval.fromMillis() < untilMillis
            && interval.untilMillis() > fromMillis) {
          return true;
        }
      }
    }
    return false;
  }

  private static long decidedAt(SpeakerChange event) {
    return event.getCapturedAt().toEpochMilli();
  }

  private static long millis(double seconds) {
    return Math.round(1000 * seconds);
  }

  Delays plus(Delays other) {
    return new Delays(
        tentative.plus(other.tentative),
        confirmed.plus(other.confirmed),
        firstWord.plus(other.firstWord),
        turns + other.turns,
        already + other.already,
        words + other.words);
  }

  /** Share of the turns that no event told and that needed one; 0 where there are none. */
  double untold() {
    return share(tentative);
  }

  /** Share of the turns that needed an event and that none that is not tentative told. */
  double unconfirmed() {
    return share(confirmed);
  }

  private double share(Quantiles told) {
    int needed = turns - already;
    return needed == 0 ? 0 : (double) (needed - told.millis().size()) / needed;
  }
}
