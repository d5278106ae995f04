package io.turnwise.app.health;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How far processing is behind the end of one partition, followed look by look. Knows no clock. Not
 * thread-safe.
 *
 * <p>Time is counted from when the first record that is not processed yet was appended: after the
 * latest look at which the partition ended before it. That needs nobody's timestamps, so a client
 * with a wrong clock cannot make the application look late, or hide that it is. Only of a backlog
 * from before the first look nothing else is known than what the records say.
 */
final class PartitionLag {
  /** Looks kept; half of them are dropped where there are more. */
  private static final int MOST = 1024;

  private final Deque<End> ends = new ArrayDeque<>();
  private boolean looked;
  private long firstLook;
  private long records;
  private long millis;

  /** An end of the partition, and from when to when it was seen. */
  private static final class End {
    private final long offset;
    private final long firstSeen;
    private long lastSeen;

    private End(long offset, long at) {
      this.offset = offset;
      this.firstSeen = at;
      this.lastSeen = at;
    }
  }

  /**
   * @param now milliseconds since the epoch, never less than at the look before
   * @param end offset of the next record to be appended
   * @param next offset of the first record that is not processed and committed
   * @param reached timestamp of the latest record taken in; NaN where there is none
   */
  void look(long now, long end, long next, double reached) {
    if (!looked) {
      looked = true;
      firstLook = now;
    }
    see(now, end);
    records = Math.max(0, end - next);
    if (records == 0) {
      millis = 0;
      return;
    }
    while (ends.size() > 1 && second().offset <= next) {
      ends.removeFirst();
    }
    millis = now - since(now, next, reached);
  }

  private long since(long now, long next, double reached) {
    End first = ends.getFirst();
    if (first.offset > next) {
      return Double.isNaN(reached) ? firstLook : Math.min(now, (long) reached);
    }
    if (Double.isNaN(reached)) {
      return first.lastSeen;
    }
    long appendedBy = ends.size() > 1 ? second().firstSeen : now;
    return Math.max(first.lastSeen, Math.min(appendedBy, (long) reached));
  }

  private void see(long now, long offset) {
    if (!ends.isEmpty() && ends.getLast().offset == offset) {
      ends.getLast().lastSeen = now;
      return;
    }
    if (ends.size() == MOST) {
      int place = 0;
      for (var kept = ends.iterator(); kept.hasNext(); ) {
        kept.next();
        if (place++ % 2 == 1) {
          kept.remove();
        }
      }
    }
    ends.addLast(new End(offset, now));
  }

  private End second() {
    var all = ends.iterator();
    all.next();
    return all.next();
  }

  /** Records not processed and committed yet. */
  long records() {
    return records;
  }

  /** Milliseconds since the first of them was appended, to about the time between two looks. */
  long millis() {
    return millis;
  }
}
