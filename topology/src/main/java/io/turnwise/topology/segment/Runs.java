package io.turnwise.topology.segment;

import io.turnwise.inference.audio.Resampler;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * The stretches of one sample rate each that make up a timeline, as far back as their audio may be
 * needed again, and the resampler of the latest.
 */
final class Runs {
  /**
   * A stretch of one sample rate.
   *
   * @param start position of its first sample, at its own rate
   */
  record Run(int rate, long start) {
    /** Index of its first sample at 16 kHz. */
    long anchor() {
      return Chunk.convert(start, rate, Segment.RATE);
    }
  }

  private final Deque<Run> runs = new ArrayDeque<>();
  private Resampler resampler;

  void begin(long start, int rate) {
    runs.addLast(new Run(rate, start));
    resampler = Resampler.start(rate);
  }

  /**
   * Goes on with a run of which only what is needed from an index at 16 kHz on is there.
   *
   * @return the position at which its audio must go on
   */
  long resume(Run run, long retainFrom) {
    long from = neededFrom(run, retainFrom);
    runs.addLast(run);
    resampler = Resampler.resume(run.rate(), from - run.start());
    return from;
  }

  void clear() {
    runs.clear();
  }

  boolean isEmpty() {
    return runs.isEmpty();
  }

  Run first() {
    return runs.getFirst();
  }

  Run latest() {
    return runs.getLast();
  }

  float[] push(float[] samples, int count) {
    return resampler.push(samples, 0, count);
  }

  /** What is still in the filter when the latest run ends. */
  float[] flush() {
    return resampler.flush();
  }

  /** Index at 16 kHz of the next sample that the latest run gives. */
  long nextIndex() {
    return latest().anchor() + resampler.nextOutput();
  }

  /** Forgets the runs that lie wholly before an index at 16 kHz. */
  void dropBefore(long retainFrom) {
    Iterator<Run> later = runs.iterator();
    later.next();
    int passed = 0;
    while (later.hasNext() && later.next().anchor() < retainFrom) {
      passed++;
    }
    for (int i = 0; i < passed; i++) {
      runs.removeFirst();
    }
  }

  /** Whether audio of a run up to a position is needed for the samples from an index on. */
  boolean needs(Run run, long end, long retainFrom) {
    return run == first() ? end > neededFrom(run, retainFrom) : runs.contains(run);
  }

  private static long neededFrom(Run run, long retainFrom) {
    return run.start()
        + Resampler.firstInputFor(run.rate(), Math.max(0, retainFrom - run.anchor()));
  }
}
