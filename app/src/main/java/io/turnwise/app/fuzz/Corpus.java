package io.turnwise.app.fuzz;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Inputs worth going on from: the good ones, and each that was the first to end as it did. So the
 * search goes to where the code has not been yet, without an agent that watches its branches.
 */
final class Corpus {
  private static final int LARGEST = 4096;

  private final List<byte[]> inputs = new ArrayList<>();
  private final Set<Outcome> seen = new HashSet<>();
  private final int examples;

  Corpus(List<byte[]> examples) {
    if (examples.isEmpty()) {
      throw new IllegalArgumentException("examples: none");
    }
    inputs.addAll(examples);
    this.examples = examples.size();
  }

  /** The next input. */
  byte[] next(SplittableRandom random) {
    // Half of all from the good ones: what was refused at the door leads no further.
    int at = random.nextBoolean() ? random.nextInt(examples) : random.nextInt(inputs.size());
    return Mutations.of(inputs.get(at), inputs, random);
  }

  /** Learns what became of an input. */
  void learn(byte[] input, Outcome outcome) {
    if (inputs.size() < LARGEST && seen.add(outcome)) {
      inputs.add(input);
    }
  }

  /** How many different ends there were. */
  int ends() {
    return seen.size();
  }
}
