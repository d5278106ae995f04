package io.turnwise.topology.segment;

import io.turnwise.avro.Role;
import java.time.Instant;

/** What the segment stage hands on, of one channel of one call. */
public sealed interface Segmented {
  /** The next segment of a channel. */
  record Cut(int channel, Role role, Segment segment) implements Segmented {}

  /**
   * A chunk was taken in, and what could be cut with it has been handed on. The first one of a
   * channel says that there is such a channel.
   *
   * @param fromMillis what {@code toMillis} was before the chunk; 0 on a new channel
   * @param toMillis media time that all segments still to come of the channel end after
   */
  record Progress(int channel, long fromMillis, long toMillis) implements Segmented {}

  /** A channel's source has gone silent, and what was buffered of it has been handed on. */
  record Paused(int channel) implements Segmented {}

  /**
   * A channel has ended: by its last chunk, or forgotten after a long silence.
   *
   * @param atMillis media time of its end
   * @param capturedAt capture time of its last sample
   */
  record Ended(int channel, long atMillis, Instant capturedAt) implements Segmented {}
}
