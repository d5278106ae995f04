package io.turnwise.topology.track;

import java.util.Arrays;

/** The highest of all cosines that are added, in falling order. Bounded; not thread-safe. */
final class Nearest {
  private final double[] highest;
  private int size;

  /**
   * @param most how many are kept, 1 or more
   */
  Nearest(int most) {
    highest = new double[most];
  }

  void add(double cosine) {
    if (size == highest.length && !(cosine > highest[size - 1])) {
      return;
    }
    int at = size < highest.length ? size++ : size - 1;
    while (at > 0 && highest[at - 1] < cosine) {
      highest[at] = highest[at - 1];
      at--;
    }
    highest[at] = cosine;
  }

  /** Those that were kept, without the so many highest of them. */
  double[] without(int first) {
    return Arrays.copyOfRange(highest, Math.min(first, size), size);
  }
}
