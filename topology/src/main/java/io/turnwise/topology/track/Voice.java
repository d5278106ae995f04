package io.turnwise.topology.track;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A voice of a call. What it sounds like is in the {@link Window}s and {@link Passage}s that are
 * taken for it. Immutable.
 *
 * @param name the name it is published by; empty while nothing is published of it
 * @param enrolled whether the name is that of an enrolled voice
 * @param confirmed whether there has been enough speech of it to stand by
 * @param model index of its model in {@link CallVoices#models()}
 * @param channels the channels it is at home on, ascending
 */
public record Voice(
    String name, boolean enrolled, boolean confirmed, int model, List<Integer> channels) {
  private static final byte VERSION = 2;

  /** A voice nothing is published of. */
  static Voice unnamed(int model, int channel) {
    return new Voice("", false, false, model, List.of(channel));
  }

  boolean isNamed() {
    return !name.isEmpty();
  }

  /** The voice under another name, which is yet to be confirmed. */
  Voice named(String newName, boolean isEnrolled) {
    return new Voice(newName, isEnrolled, false, model, channels);
  }

  Voice alsoConfirmed() {
    return new Voice(name, enrolled, true, model, channels);
  }

  Voice alsoOn(int channel) {
    if (channels.contains(channel)) {
      return this;
    }
    List<Integer> more = new ArrayList<>(channels);
    more.add(channel);
    more.sort(null);
    return new Voice(name, enrolled, confirmed, model, List.copyOf(more));
  }

  byte[] toBytes() {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(1 + 2 + text.length + 1 + 1 + 2 + 2 + channels.size());
    out.put(VERSION).putShort((short) text.length).put(text);
    out.put((byte) (enrolled ? 1 : 0)).put((byte) (confirmed ? 1 : 0));
    out.putShort((short) model).putShort((short) channels.size());
    channels.forEach(channel -> out.put(channel.byteValue()));
    return out.array();
  }

  static Voice fromBytes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    Serial.requireVersion("voice", VERSION, in.get());
    byte[] text = new byte[in.getShort() & 0xFFFF];
    in.get(text);
    boolean enrolled = in.get() == 1;
    boolean confirmed = in.get() == 1;
    int model = in.getShort();
    int homes = in.getShort();
    List<Integer> channels = new ArrayList<>(homes);
    for (int i = 0; i < homes; i++) {
      channels.add(in.get() & 0xFF);
    }
    Serial.requireEnd("voice", in);
    return new Voice(
        new String(text, StandardCharsets.UTF_8),
        enrolled,
        confirmed,
        model,
        List.copyOf(channels));
  }
}
