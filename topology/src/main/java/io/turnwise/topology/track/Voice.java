package io.turnwise.topology.track;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A voice of a call: the mean of its segments' unit vectors, held in 16 bits a value, so that what
 * is restored from a changelog is, bit for bit, what was in memory. The dot product of a segment
 * with the mean is the average of the segment's cosines with every segment of the voice. Immutable.
 *
 * @param name the name it is published by; empty while nothing is published of it
 * @param enrolled whether the name is that of an enrolled voice
 * @param model index of its model in {@link CallVoices#models()}
 * @param channels the channels it is at home on, ascending
 * @param segments how many segments it was made from
 * @param mass the segments' weight in the mean, in full segments
 * @param mean the mean, scaled by {@link #SCALE}
 */
public record Voice(
    String name,
    boolean enrolled,
    int model,
    List<Integer> channels,
    int segments,
    float mass,
    short[] mean) {
  private static final byte VERSION = 1;
  private static final float SCALE = 32767f;

  /** A voice of which nothing has been taken in yet. */
  static Voice empty(int model, int channel, int dimension) {
    return new Voice("", false, model, List.of(channel), 0, 0, new short[dimension]);
  }

  /** The voice with its name and without what was taken in. */
  Voice emptied() {
    return new Voice(name, enrolled, model, channels, 0, 0, new short[mean.length]);
  }

  /** Takes one more segment in; beyond {@link TrackerSettings#MASS} older ones fade. */
  Voice with(float[] unit, float weight) {
    float old = Math.min(mass, TrackerSettings.MASS - weight);
    float sum = old + weight;
    short[] next = new short[mean.length];
    for (int i = 0; i < next.length; i++) {
      next[i] = quantised((mean[i] / SCALE * old + unit[i] * weight) / sum);
    }
    return new Voice(name, enrolled, model, channels, segments + 1, sum, next);
  }

  Voice named(String newName, boolean isEnrolled) {
    return new Voice(newName, isEnrolled, model, channels, segments, mass, mean);
  }

  Voice alsoOn(int channel) {
    if (channels.contains(channel)) {
      return this;
    }
    List<Integer> more = new ArrayList<>(channels);
    more.add(channel);
    more.sort(null);
    return new Voice(name, enrolled, model, List.copyOf(more), segments, mass, mean);
  }

  /** The mean's value in one dimension. */
  double value(int i) {
    return mean[i] / SCALE;
  }

  /** Average cosine of two different segments of the voice; 1 where there is only one. */
  double cohesion() {
    if (segments < 2) {
      return 1;
    }
    double square = 0;
    for (short value : mean) {
      square += (double) value * value;
    }
    double n = Math.max(mass, 1.5);
    return (square / SCALE / SCALE * n - 1) / (n - 1);
  }

  byte[] toBytes() {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out =
        ByteBuffer.allocate(
            1 + 2 + text.length + 1 + 2 + 2 + channels.size() + 8 + 2 * mean.length);
    out.put(VERSION).putShort((short) text.length).put(text).put((byte) (enrolled ? 1 : 0));
    out.putShort((short) model).putShort((short) channels.size());
    channels.forEach(channel -> out.put(channel.byteValue()));
    out.putInt(segments).putFloat(mass);
    for (short value : mean) {
      out.putShort(value);
    }
    return out.array();
  }

  static Voice fromBytes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    Serial.requireVersion("voice", VERSION, in.get());
    byte[] text = new byte[in.getShort() & 0xFFFF];
    in.get(text);
    boolean enrolled = in.get() == 1;
    int model = in.getShort();
    int homes = in.getShort();
    List<Integer> channels = new ArrayList<>(homes);
    for (int i = 0; i < homes; i++) {
      channels.add(in.get() & 0xFF);
    }
    int segments = in.getInt();
    float mass = in.getFloat();
    short[] mean = new short[in.remaining() / 2];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = in.getShort();
    }
    return new Voice(
        new String(text, StandardCharsets.UTF_8),
        enrolled,
        model,
        List.copyOf(channels),
        segments,
        mass,
        mean);
  }

  private static short quantised(float value) {
    return (short) Math.round(value * SCALE);
  }
}
