package io.turnwise.topology.track;

import java.util.List;

/** Where, between two segments of different voices, the second voice began. */
final class Boundary {
  /** Shortest silence, in milliseconds, that is taken for the pause between two speakers. */
  private static final long PAUSE = 100;

  private Boundary() {}

  /**
   * The change lies between the middles of the two segments' speech: the older segment is mostly of
   * the old voice, the newer mostly of the new one. Within that, it is put at the end of the
   * longest pause; where there is none, half-way.
   *
   * @param older speech of the last segment of the old voice; empty where there was none
   * @param newer speech of the first segment of the new voice
   */
  static long between(List<Span> older, List<Span> newer) {
    if (older.isEmpty()) {
      return newer.get(0).startMillis();
    }
    long from = middle(older);
    long to = Math.max(from, middle(newer));
    // the union of both: the newer segment revises what the older said of their common part
    long newerStart = newer.get(0).startMillis();
    long silentSince = Long.MIN_VALUE;
    for (Span part : older) {
      if (part.startMillis() < newerStart) {
        silentSince = Math.max(silentSince, part.endMillis());
      }
    }
    if (silentSince == Long.MIN_VALUE) {
      silentSince = from;
    }
    long longest = PAUSE - 1;
    long onset = (from + to) / 2;
    for (Span part : newer) {
      long pause = part.startMillis() - silentSince;
      if (pause > longest && part.startMillis() >= from && part.startMillis() <= to) {
        longest = pause;
        onset = part.startMillis();
      }
      silentSince = Math.max(silentSince, part.endMillis());
    }
    return onset;
  }

  /** The moment before and after which there is as much speech. */
  static long middle(List<Span> speech) {
    long half = 0;
    for (Span part : speech) {
      half += part.millis();
    }
    half /= 2;
    for (Span part : speech) {
      if (half <= part.millis()) {
        return part.startMillis() + half;
      }
      half -= part.millis();
    }
    return speech.get(speech.size() - 1).endMillis();
  }
}
