package io.turnwise.app.health;

import io.turnwise.app.tracking.FaultBudget;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.kafka.streams.KafkaStreams.State;

/**
 * What is known of the running application at one moment.
 *
 * @param phase what the process is about
 * @param started whether it was once ready to process
 * @param streams nothing before the topology is started
 * @param lag nothing before the first look
 * @param degraded whether it has been too far behind for too long
 * @param outages what does not answer
 */
record Condition(
    Phase phase,
    boolean started,
    Optional<Streams> streams,
    Optional<Lag> lag,
    boolean degraded,
    List<Outage> outages) {

  Condition {
    outages = List.copyOf(outages);
  }

  /** What the process is about. */
  enum Phase {
    /** Opens the model and looks at the cluster. */
    OPENING,
    TRACKING,
    /** Was told to end. */
    STOPPING
  }

  /**
   * The stream threads.
   *
   * @param threads how many there are, by their state
   * @param active how many tasks they have
   * @param standby how many copies of tasks of others
   * @param givenUp whether more of them have failed than are borne
   * @param silentMillis for how long the one has not asked for records that has not for longest
   * @param silenceBorneMillis how long is too long
   */
  record Streams(
      State state,
      SortedMap<String, Integer> threads,
      int active,
      int standby,
      FaultBudget.Count faults,
      boolean givenUp,
      long silentMillis,
      long silenceBorneMillis) {}

  /**
   * Something outside does not answer.
   *
   * @param vital whether nothing can be processed without
   */
  record Outage(String sentence, boolean vital) {}

  static Condition opening() {
    return new Condition(
        Phase.OPENING, false, Optional.empty(), Optional.empty(), false, List.of());
  }
}
