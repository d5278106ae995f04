package io.turnwise.topology.track;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A segment as the tracker keeps it for a while. Immutable, stored once.
 *
 * @param startMillis media time of its first sample
 * @param speech where in it the speech is; not empty
 * @param weight how much it counts: 1 for a segment full of speech at a hop of 0.75 s
 * @param vector its embedding's direction, 8 bits a value: off by less than a degree; not to be
 *     changed
 */
public record Window(long startMillis, List<Span> speech, float weight, byte[] vector) {
  private static final byte VERSION = 1;

  /** Length of a segment: two that begin closer together share samples. */
  private static final long LENGTH = 1500;

  /** Packs a vector of length 1. */
  static byte[] packed(float[] vector) {
    float peak = 0;
    for (float value : vector) {
      peak = Math.max(peak, Math.abs(value));
    }
    byte[] packed = new byte[vector.length];
    for (int i = 0; i < packed.length; i++) {
      packed[i] = (byte) Math.round(vector[i] / peak * 127);
    }
    return packed;
  }

  /** The embedding, scaled to length 1. */
  float[] unit() {
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = vector[i];
    }
    UnitVector.scale(unit);
    return unit;
  }

  boolean overlaps(Window other) {
    return Math.abs(startMillis - other.startMillis) < LENGTH;
  }

  byte[] toBytes() {
    ByteBuffer out = ByteBuffer.allocate(1 + 8 + 4 + 2 + 4 * speech.size() + vector.length);
    out.put(VERSION).putLong(startMillis).putFloat(weight).putShort((short) speech.size());
    for (Span part : speech) {
      out.putShort((short) (part.startMillis() - startMillis));
      out.putShort((short) part.millis());
    }
    return out.put(vector).array();
  }

  static Window fromBytes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    Serial.requireVersion("window", VERSION, in.get());
    long start = in.getLong();
    float weight = in.getFloat();
    int parts = in.getShort() & 0xFFFF;
    List<Span> speech = new ArrayList<>(parts);
    for (int i = 0; i < parts; i++) {
      long from = start + in.getShort();
      speech.add(new Span(from, from + in.getShort()));
    }
    byte[] vector = new byte[in.remaining()];
    in.get(vector);
    return new Window(start, List.copyOf(speech), weight, vector);
  }
}
