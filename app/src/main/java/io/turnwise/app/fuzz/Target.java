package io.turnwise.app.fuzz;

import java.util.List;

/** Code that takes bytes from outside, and says what became of them. Not thread-safe. */
interface Target extends AutoCloseable {
  /** Name on the command line. */
  String name();

  /** Good inputs, from which others are made. */
  List<byte[]> examples();

  /**
   * Feeds one input.
   *
   * @throws RuntimeException whatever is not a refusal that the code's contract names: a defect
   */
  Outcome run(byte[] input);

  @Override
  default void close() {}
}
