package io.turnwise.app.evaluate;

import java.util.Random;

/** Random numbers of a search. */
final class Draw {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private Draw() {}

  /** As {@link Random} begins nearly alike with small seeds, they are spread first. */
  static Random by(long seed) {
    return new Random(seed * GOLDEN);
  }
}
