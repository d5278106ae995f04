package io.turnwise.topology.silence;

import java.util.Map;
import java.util.Optional;

/**
 * How far the consumer of a stream thread has come on the topic of the input, and how far there is
 * to go. Whoever builds the Streams client hands one over among its settings, as {@link #CONFIG};
 * without it a record counts as processed as soon as it is written. Asked by stream threads, each
 * about its own partitions.
 */
public interface InputProgress {
  /** Name of the setting that holds the object. */
  String CONFIG = "internal.turnwise.input.progress";

  /**
   * A consumer's place on a partition.
   *
   * @param position offset of the record it hands out next
   * @param end where the partition ends now
   */
  record Reading(long position, long end) {}

  /**
   * Asks the brokers; may take a second.
   *
   * @return the calling thread's place on a partition; empty where nobody answers
   */
  Optional<Reading> ask(int partition);

  /** The one among a client's settings; empty where there is none. */
  static Optional<InputProgress> in(Map<String, Object> settings) {
    return settings.get(CONFIG) instanceof InputProgress progress
        ? Optional.of(progress)
        : Optional.empty();
  }
}
