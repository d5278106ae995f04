package io.turnwise.topology.segment;

import java.util.Map;
import java.util.Optional;

/**
 * How far the consumer of a stream thread has come on the topic of the audio. Whoever builds the
 * Streams client hands one over among its settings, as {@link #CONFIG}; without it a record counts
 * as processed as soon as it is written. Asked by stream threads, each about its own partitions.
 */
public interface InputProgress {
  /** Name of the setting that holds the object. */
  String CONFIG = "internal.turnwise.input.progress";

  /**
   * A consumer's place on a partition.
   *
   * @param position offset of the record it fetches next
   * @param lag records behind that, as of its last answer
   */
  record Reading(long position, long lag) {
    /** Where the partition ended when it was last heard of. */
    long end() {
      return position + lag;
    }
  }

  /** The calling thread's place on a partition; empty while that is not known. */
  Optional<Reading> of(int partition);

  /** The one among a client's settings; empty where there is none. */
  static Optional<InputProgress> in(Map<String, Object> settings) {
    return settings.get(CONFIG) instanceof InputProgress progress
        ? Optional.of(progress)
        : Optional.empty();
  }
}
