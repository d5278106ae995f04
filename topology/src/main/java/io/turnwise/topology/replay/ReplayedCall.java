package io.turnwise.topology.replay;

import io.turnwise.topology.Names;
import io.turnwise.topology.UnreadableState;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is remembered of a call that is heard from its embeddings. Immutable.
 *
 * @param channels the latest segment of each channel
 * @param dimensions length of the vectors of each model heard, by its fingerprint
 */
record ReplayedCall(SortedMap<Integer, Latest> channels, SortedMap<String, Integer> dimensions) {
  /** Most models heard in one call: one, and some more where it was changed in the midst. */
  static final int MODELS = 8;

  private static final byte VERSION = 1;
  private static final String CALL = "a call";
  private static final int FINGERPRINT_BYTES = 64;
  private static final ReplayedCall NONE = new ReplayedCall(new TreeMap<>(), new TreeMap<>());

  /**
   * A segment.
   *
   * @param capturedAt when its last sample was captured, milliseconds since the epoch
   */
  record Latest(long segment, long startMillis, long endMillis, long capturedAt) {
    private static final int BYTES = 4 * Long.BYTES;
  }

  ReplayedCall {
    channels = Collections.unmodifiableSortedMap(channels);
    dimensions = Collections.unmodifiableSortedMap(dimensions);
  }

  /** A call nothing was heard of. */
  static ReplayedCall none() {
    return NONE;
  }

  ReplayedCall with(int channel, Latest latest, String fingerprint, int dimension) {
    SortedMap<Integer, Latest> heard = new TreeMap<>(channels);
    heard.put(channel, latest);
    SortedMap<String, Integer> lengths = new TreeMap<>(dimensions);
    lengths.put(fingerprint, dimension);
    return new ReplayedCall(heard, lengths);
  }

  byte[] toBytes() {
    ByteBuffer out =
        ByteBuffer.allocate(
            1
                + Short.BYTES
                + channels.size() * (1 + Latest.BYTES)
                + 1
                + dimensions.size() * (FINGERPRINT_BYTES + Integer.BYTES));
    out.put(VERSION).putShort((short) channels.size());
    channels.forEach(
        (channel, latest) ->
            out.put(channel.byteValue())
                .putLong(latest.segment())
                .putLong(latest.startMillis())
                .putLong(latest.endMillis())
                .putLong(latest.capturedAt()));
    out.put((byte) dimensions.size());
    dimensions.forEach(
        (fingerprint, dimension) ->
            out.put(fingerprint.getBytes(StandardCharsets.US_ASCII)).putInt(dimension));
    return out.array();
  }

  /**
   * @throws UnreadableState if they were written by another release, or are damaged
   */
  static ReplayedCall fromBytes(byte[] bytes) {
    try {
      return read(ByteBuffer.wrap(bytes));
    } catch (BufferUnderflowException e) {
      throw UnreadableState.damaged(Names.REPLAY_CALLS, CALL, e);
    }
  }

  private static ReplayedCall read(ByteBuffer in) {
    byte version = in.get();
    if (version != VERSION) {
      throw UnreadableState.ofVersion(Names.REPLAY_CALLS, CALL, VERSION, version);
    }
    SortedMap<Integer, Latest> channels = new TreeMap<>();
    for (int count = in.getShort(); count > 0; count--) {
      channels.put(
          in.get() & 0xff, new Latest(in.getLong(), in.getLong(), in.getLong(), in.getLong()));
    }
    SortedMap<String, Integer> dimensions = new TreeMap<>();
    for (int count = in.get(); count > 0; count--) {
      byte[] fingerprint = new byte[FINGERPRINT_BYTES];
      in.get(fingerprint);
      dimensions.put(new String(fingerprint, StandardCharsets.US_ASCII), in.getInt());
    }
    if (in.hasRemaining()) {
      throw UnreadableState.damaged(Names.REPLAY_CALLS, CALL, "bytes after its end");
    }
    return new ReplayedCall(channels, dimensions);
  }
}
