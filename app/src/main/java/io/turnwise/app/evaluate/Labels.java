package io.turnwise.app.evaluate;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.serdes.SpeakerTimeline;
import io.turnwise.serdes.SpeakerTimeline.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whom the events of a call name when, in one of two readings. Of a channel all moments from 0 on
 * are labelled; a channel without events is left out.
 */
final class Labels {
  private Labels() {}

  /**
   * The best answer: all events applied.
   *
   * @param events of one call, by revision; a reading starts with the first
   * @return by channel, ascending intervals without gaps
   */
  static SortedMap<Integer, List<Interval>> revised(List<SpeakerChange> events) {
    SortedMap<Integer, List<Interval>> labels = new TreeMap<>();
    if (!events.isEmpty()) {
      SpeakerTimeline timeline = new SpeakerTimeline(events.get(0).getCall());
      events.forEach(timeline::apply);
      timeline.channels().forEach(channel -> labels.put(channel, timeline.intervals(channel)));
    }
    return labels;
  }

  /**
   * The first answer: for each moment the first name that a CHANGED event gave it. Events of one
   * decision are published together: those in a row with one channel and one capture time. Just
   * after its CHANGED events are applied, all moments of the channel up to the media time it was
   * decided at that were not fixed before and now have a name are fixed; those after stay open
   * until the channel's next decision. What is left at the end is fixed as it then is. That nobody
   * may be named fixes nothing; what ends so is nobody's.
   *
   * @param events of one call, by revision, captured as if media time 0 were the epoch
   */
  static SortedMap<Integer, List<Interval>> firstPublished(List<SpeakerChange> events) {
    SortedMap<Integer, FirstNames> channels = new TreeMap<>();
    for (int i = 0; i < events.size(); i++) {
      SpeakerChange event = events.get(i);
      if (event.getType() == ChangeType.CHANGED) {
        channels.computeIfAbsent(event.getChannel(), channel -> new FirstNames()).change(event);
      }
      FirstNames names = channels.get(event.getChannel());
      if (names != null && (i + 1 == events.size() || !together(event, events.get(i + 1)))) {
        names.decided();
      }
    }
    SortedMap<Integer, List<Interval>> labels = new TreeMap<>();
    channels.forEach((channel, names) -> labels.put(channel, names.end()));
    return labels;
  }

  private static boolean together(SpeakerChange event, SpeakerChange next) {
    return next.getChannel() == event.getChannel()
        && next.getCapturedAt().equals(event.getCapturedAt());
  }

  /** One channel while its events come. */
  private static final class FirstNames {
    /** From which moment on who, as CHANGED events alone say it now. */
    private final NavigableMap<Long, String> now = new TreeMap<>();

    /** What is fixed, by its beginning. */
    private final NavigableMap<Long, Interval> fixed = new TreeMap<>();

    /** When the latest CHANGED event was decided. */
    private long decidedAt;

    private void change(SpeakerChange event) {
      now.tailMap(event.getAtMillis(), true).clear();
      now.put(
          event.getAtMillis(),
          event.getSpeaker() == null ? SpeakerTimeline.UNKNOWN : event.getSpeaker());
      decidedAt = event.getCapturedAt().toEpochMilli();
    }

    private void decided() {
      fixUpTo(decidedAt);
    }

    private void fixUpTo(long end) {
      for (Map.Entry<Long, String> label : now.headMap(end, false).entrySet()) {
        Long next = now.higherKey(label.getKey());
        long until = Math.min(end, next == null ? SpeakerTimeline.OPEN : next);
        if (!label.getValue().equals(SpeakerTimeline.UNKNOWN)) {
          fix(label.getKey(), until, label.getValue());
        }
      }
    }

    private void fix(long fromMillis, long untilMillis, String speaker) {
      Map.Entry<Long, Interval> before = fixed.floorEntry(fromMillis);
      long at = before == null ? fromMillis : Math.max(fromMillis, before.getValue().untilMillis());
      while (at < untilMillis) {
        Map.Entry<Long, Interval> next = fixed.ceilingEntry(at);
        long to = next == null ? untilMillis : Math.min(untilMillis, next.getKey());
        if (to > at) {
          fixed.put(at, new Interval(at, to, speaker));
        }
        at = next == null ? untilMillis : Math.max(to, next.getValue().untilMillis());
      }
    }

    private List<Interval> end() {
      fixUpTo(SpeakerTimeline.OPEN);
      List<Interval> all = new ArrayList<>();
      long at = 0;
      for (Interval interval : fixed.values()) {
        append(all, at, interval.fromMillis(), SpeakerTimeline.UNKNOWN);
        append(all, interval.fromMillis(), interval.untilMillis(), interval.speaker());
        at = interval.untilMillis();
      }
      append(all, at, SpeakerTimeline.OPEN, SpeakerTimeline.UNKNOWN);
      return all;
    }

    private static void append(
        List<Interval> all, long fromMillis, long untilMillis, String speaker) {
      if (untilMillis <= fromMillis) {
        return;
      }
      int last = all.size() - 1;
      if (last >= 0 && all.get(last).speaker().equals(speaker)) {
        all.set(last, new Interval(all.get(last).fromMillis(), untilMillis, speaker));
      } else {
        all.add(new Interval(fromMillis, untilMillis, speaker));
      }
    }
  }
}
