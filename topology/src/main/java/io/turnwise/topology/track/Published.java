package io.turnwise.topology.track;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What was published of each channel, and where its stretches part. Looks at the call as it is. */
final class Published {
  /** Half a segment, in milliseconds: what lies before the middle of its speech at most. */
  private static final long HALF = 1500;

  private final Call call;

  Published(Call call) {
    this.call = call;
  }

  /** A moment before which nothing was published as a voice, on any channel. */
  long firstPublished(int voice) {
    long first = firstHeard(voice);
    for (int on : call.heardOn()) {
      List<Stretch> stretches = stretches(on);
      for (Stretch stretch : stretches) {
        if (stretch.published() == voice) {
          first = Math.min(first, begin(on, stretches, stretch));
        }
      }
    }
    return first;
  }

  long firstHeard(int voice) {
    long first = Long.MAX_VALUE;
    for (Passage passage : call.passages) {
      if (passage.published() == voice || passage.voice() == voice) {
        first = Math.min(first, passage.fromMillis() - HALF);
      }
    }
    for (ChannelMemory memory : call.channels.values()) {
      for (int i = 0; i < memory.windows().size(); i++) {
        if (memory.published().get(i) == voice || memory.labels().get(i) == voice) {
          first = Math.min(first, memory.windows().get(i).startMillis());
        }
      }
    }
    return Math.max(0, first == Long.MAX_VALUE ? 0 : first);
  }

  /**
   * From when on what was published of a stretch is taken back: not of what lies before it. What is
   * published as another voice is not touched by that, so it only has to be parted from what was
   * published as the same one.
   */
  long begin(int on, List<Stretch> stretches, Stretch first) {
    long at = -1;
    for (Stretch before : stretches) {
      if (before.untilMillis() < first.fromMillis()) {
        at = Math.max(at, edge(on, before, first, first.published(), before.untilMillis() + 1));
      } else if (before.fromMillis() < first.fromMillis() && touches(before, first)) {
        return Long.MAX_VALUE;
      }
    }
    return at >= 0 ? at : Math.max(0, first.fromMillis() - HALF);
  }

  /** Up to when what was published of a stretch is taken back. */
  long end(int on, List<Stretch> stretches, Stretch last) {
    long until = Long.MAX_VALUE;
    for (Stretch after : stretches) {
      if (after.fromMillis() > last.untilMillis()) {
        until = Math.min(until, edge(on, last, after, last.published(), after.fromMillis()));
      } else if (after.untilMillis() > last.untilMillis() && touches(after, last)) {
        return 0;
      }
    }
    return until < Long.MAX_VALUE ? until : last.untilMillis() + HALF;
  }

  private static boolean touches(Stretch one, Stretch other) {
    return one.published() == other.published() && one.voice() != other.voice();
  }

  /**
   * A moment after the one stretch and not after the beginning of the other.
   *
   * @param kept where one of them was published as another voice: as near to that one as can be
   */
  private long edge(int on, Stretch before, Stretch after, int published, long kept) {
    if (before.published() != published || after.published() != published) {
      return kept;
    }
    if (before.isWindow() && after.isWindow()) {
      List<Window> windows = call.windows(on);
      long between =
          Boundary.between(
              windows.get(before.place()).speech(), windows.get(after.place()).speech());
      return Math.min(after.fromMillis(), Math.max(before.untilMillis() + 1, between));
    }
    return (before.untilMillis() + after.fromMillis() + 1) / 2;
  }

  List<Stretch> stretches(int on) {
    List<Stretch> stretches = new ArrayList<>();
    for (int p = 0; p < call.passages.size(); p++) {
      Passage passage = call.passages.get(p);
      if (passage.channel() == on) {
        stretches.add(
            new Stretch(
                passage.fromMillis(),
                passage.untilMillis(),
                passage.mass(),
                passage.voice(),
                passage.published(),
                p,
                false));
      }
    }
    stretches.sort(
        Comparator.comparingLong(Stretch::fromMillis).thenComparing(Stretch::untilMillis));
    List<Window> windows = call.windows(on);
    for (int i = 0; i < windows.size(); i++) {
      Window window = windows.get(i);
      ChannelMemory memory = call.channels.get(on);
      stretches.add(
          new Stretch(
              window.middle(),
              window.middle(),
              window.leak() ? 0 : window.weight(),
              memory.labels().get(i),
              memory.published().get(i),
              i,
              true));
    }
    return stretches;
  }
}
