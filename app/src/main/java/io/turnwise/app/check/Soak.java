package io.turnwise.app.check;

import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.topology.segment.Segment;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Supplier;

/**
 * What many embeddings did to the memory of the process.
 *
 * @param runs embeddings made
 * @param warmUp of these, those before the first look at the memory
 * @param before bytes held after the warm-up; empty where the system does not say
 * @param after bytes held at the end; likewise
 */
record Soak(int runs, int warmUp, OptionalLong before, OptionalLong after) {
  /** One run in so many is of another length, and so through the network of any length. */
  private static final int OTHER_LENGTH = 10;

  private static final int MEBIBYTE = 1 << 20;
  private static final int SHORTEST = 1_680;
  private static final int LONGEST = 5 * 16_000;

  /** Runs that let caches, arenas and the heap grow to their size. */
  private static final int USUAL_WARM_UP = 2_000;

  /**
   * Embeds sounds that all differ.
   *
   * @param segments embeds segments
   * @param anyLength embeds stretches of any length
   * @param memory bytes the process holds now
   */
  static Soak of(
      SpeakerEmbedder segments,
      SpeakerEmbedder anyLength,
      int runs,
      Supplier<OptionalLong> memory) {
    touchHeap();
    int warmUp = warmUp(runs);
    MadeUpSound sounds = new MadeUpSound(runs);
    Random lengths = new Random(runs);
    OptionalLong before = OptionalLong.empty();
    for (int run = 0; run < runs; run++) {
      if (run == warmUp) {
        before = memory.get();
      }
      boolean other = run % OTHER_LENGTH == OTHER_LENGTH - 1;
      int samples = other ? SHORTEST + lengths.nextInt(LONGEST - SHORTEST + 1) : Segment.SAMPLES;
      (other ? anyLength : segments).embed(sounds.next(samples), sounds.speech(samples));
    }
    return new Soak(runs, warmUp, before, memory.get());
  }

  /** A heap whose pages are still being touched for the first time looks like a leak. */
  private static void touchHeap() {
    long before = collections();
    long most = Runtime.getRuntime().maxMemory() / MEBIBYTE;
    byte[][] garbage = new byte[2][];
    for (int i = 0; i < most && collections() < before + 2; i++) {
      garbage[i % 2] = new byte[MEBIBYTE];
    }
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  static int warmUp(int runs) {
    return Math.min(USUAL_WARM_UP, runs / 2);
  }

  /** By how many percent the memory grew; empty where the system does not say. */
  OptionalDouble growth() {
    return before.isPresent() && after.isPresent()
        ? OptionalDouble.of(100.0 * (after.getAsLong() - before.getAsLong()) / before.getAsLong())
        : OptionalDouble.empty();
  }
}
