package io.turnwise.topology.track;

import io.turnwise.avro.SpeakerEmbedding;
import java.time.Instant;

/** What the tracker hears of a call, in the order in which it happened on each channel. */
public sealed interface Heard {
  /** A segment with enough speech in it. */
  record Voice(SpeakerEmbedding embedding) implements Heard {}

  /**
   * Nothing more will come on a channel. With the last of its channels a call's voices are
   * forgotten; a channel that is heard after that begins the call anew.
   *
   * @param capturedAt when the channel's last audio was captured
   */
  record ChannelEnd(int channel, Instant capturedAt) implements Heard {}
}
