package io.turnwise.topology.order;

import io.turnwise.avro.SpeakerEmbedding;
import java.time.Instant;

/**
 * What comes of a call: in order on each channel, in any order across its channels. Channels are 0
 * to 255, times are media time in milliseconds.
 */
public sealed interface Arrival {
  /** What is handed on, once nothing earlier can come. */
  sealed interface Event extends Arrival {
    int channel();

    /** Where on the call's timeline it belongs. */
    long atMillis();
  }

  /** A segment with enough speech in it; its place is where it ends. */
  record Spoken(SpeakerEmbedding embedding) implements Event {
    @Override
    public int channel() {
      return embedding.getChannel();
    }

    @Override
    public long atMillis() {
      return embedding.getEndMillis();
    }
  }

  /**
   * Nothing more will come on the channel.
   *
   * @param capturedAt when the channel's last audio was captured
   */
  record Ended(int channel, long atMillis, Instant capturedAt) implements Event {}

  /**
   * A chunk was taken in and what came of it has arrived. The first one of a channel opens it.
   *
   * @param fromMillis what {@code toMillis} was before that chunk, 0 where it was the first
   * @param toMillis all that is still to come of the channel ends later
   */
  record Progress(int channel, long fromMillis, long toMillis) implements Arrival {
    public Progress {
      if (fromMillis < 0 || fromMillis > toMillis) {
        throw new IllegalArgumentException(
            "fromMillis: " + fromMillis + " is not in 0.." + toMillis);
      }
    }
  }

  /** The channel's source has gone silent. It is not waited for until it comes again. */
  record Paused(int channel) implements Arrival {}

  /** The call's source has gone silent, on all channels. Nothing of it waits any longer. */
  record CallPaused() implements Arrival {}
}
