package io.turnwise.topology.segment;

import io.turnwise.avro.Role;
import java.time.Instant;

/** What the segment stage hands on, of one channel of one call. */
public sealed interface Segmented {
  /** The next segment of a channel. */
  record Cut(int channel, Role role, Segment segment) implements Segmented {}

  /**
   * A channel has ended: by its last chunk, or forgotten after a long silence.
   *
   * @param capturedAt capture time of its last sample
   */
  record Ended(int channel, Instant capturedAt) implements Segmented {}
}
