package io.turnwise.topology.shed;

import java.util.Arrays;
import java.util.List;

/** What may be left out when the application is behind, in the order in which it is. */
public enum Shedding {
  /** Nothing: the application falls behind, and what it publishes does not depend on that. */
  NONE("none"),
  /** Segments whose neighbours hold all of their speech: a longer hop. */
  HOP("hop"),
  /** These, and far behind also segments in which a stretch of speech fades out. */
  HOP_AND_SILENCE("hop,silence");

  private final String word;

  Shedding(String word) {
    this.word = word;
  }

  /**
   * Reads one of {@link #words()}.
   *
   * @throws IllegalArgumentException for any other
   */
  public static Shedding of(String word) {
    return Arrays.stream(values())
        .filter(shedding -> shedding.word.equals(word))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("shedding: '" + word + "' is none of " + words()));
  }

  public static List<String> words() {
    return Arrays.stream(values()).map(Shedding::toString).toList();
  }

  @Override
  public String toString() {
    return word;
  }
}
