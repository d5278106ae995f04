package io.turnwise.conversion.weights;

import java.util.Arrays;
import java.util.Random;

/** Damages a file in seeded ways. */
final class DamagedFiles {
  private DamagedFiles() {}

  interface Use {
    void file(byte[] bytes) throws Exception;
  }

  /** Gives damaged copies to a use that may refuse them, and must do nothing worse. */
  static void each(byte[] whole, int rounds, Use use) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < rounds; round++) {
      byte[] file = whole.clone();
      for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
        file[random.nextInt(file.length)] = (byte) random.nextInt();
      }
      if (random.nextInt(4) == 0) {
        file = Arrays.copyOf(file, random.nextInt(file.length));
      }
      try {
        use.file(file);
      } catch (UnusableWeights refused) {
        // one of the two outcomes that are right
      } catch (Exception | StackOverflowError | OutOfMemoryError e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
  }
}
