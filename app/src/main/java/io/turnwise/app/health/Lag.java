package io.turnwise.app.health;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far this instance is behind the ends of the input's partitions that it has.
 *
 * @param partitions by number
 */
record Lag(SortedMap<Integer, Behind> partitions) {
  Lag {
    partitions = Collections.unmodifiableSortedMap(new TreeMap<>(partitions));
  }

  /** Of one partition: records, and milliseconds since the first of them was appended. */
  record Behind(long records, long millis) {}

  static Lag none() {
    return new Lag(new TreeMap<>(Map.of()));
  }

  long records() {
    return partitions.values().stream().mapToLong(Behind::records).sum();
  }

  /** Of the partition that is furthest behind. */
  long millis() {
    return partitions.values().stream().mapToLong(Behind::millis).max().orElse(0);
  }
}
