package io.turnwise.topology.segment;

import java.util.Arrays;

/** The samples of a timeline that may still be needed, by their index at 16 kHz. */
final class SampleBuffer {
  private static final float[] NOTHING = {};

  private float[] samples = NOTHING;
  private long start;
  private int length;

  /** Index just after the last sample. */
  long end() {
    return start + length;
  }

  /** Index of the first sample that is still there. */
  long start() {
    return start;
  }

  /** Forgets everything; the next sample has this index. */
  void restart(long at) {
    samples = NOTHING;
    start = at;
    length = 0;
  }

  /**
   * Appends samples of which the first has index {@code first}. Where that is not the next index,
   * what is there already stays and what is missing is silence: at a change of rate, roundings can
   * be one sample off either way.
   */
  void append(long first, float[] added) {
    if (added.length == 0) {
      return;
    }
    int skipped = (int) Math.max(0, Math.min(added.length, end() - first));
    int padding = (int) Math.max(0, first - end());
    int grown = length + padding + added.length - skipped;
    if (grown > samples.length) {
      samples = Arrays.copyOf(samples, Math.max(2 * samples.length, grown));
    }
    Arrays.fill(samples, length, length + padding, 0f);
    System.arraycopy(added, skipped, samples, length + padding, added.length - skipped);
    length = grown;
  }

  /** Copies the samples from one index to another, exclusive, to the front of an array. */
  void copy(long from, long to, float[] into) {
    System.arraycopy(samples, Math.toIntExact(from - start), into, 0, Math.toIntExact(to - from));
  }

  void dropBefore(long index) {
    int dropped = Math.toIntExact(index - start);
    System.arraycopy(samples, dropped, samples, 0, length - dropped);
    start = index;
    length -= dropped;
  }
}
