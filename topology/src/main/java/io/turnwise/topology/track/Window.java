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
 * @param levelDb how loud the speech is; NaN where not known
 * @param telephone whether it came through a telephone
 * @param leak whether it is but what leaks over from another channel
 * @param vector its embedding's direction, 8 bits a value: off by less than a degree; not to be
 *     changed
 */
public record Window(
    long startMillis,
    List<Span> speech,
    float weight,
    float levelDb,
    boolean telephone,
    boolean leak,
    byte[] vector) {
  private static final byte VERSION = 2;

  /** Length of a segment: two that begin closer together share samples. */
  private static final long LENGTH = 1500;

  /** How much quieter the other party is where it is heard through the line only, in dB. */
  private static final float LEAK_DB = 20;

  /** Shortest pause, in milliseconds, that parts two stretches of speech. */
  private static final long PAUSE = 300;

  /** Packs the direction of a vector. */
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

  Piece piece(int channel) {
    return new Piece(channel, startMillis, startMillis + LENGTH, leak ? 0 : weight, unit());
  }

  Window leaking() {
    return new Window(startMillis, speech, weight, levelDb, telephone, true, vector);
  }

  /**
   * Whether it is but what leaks over from another channel: somebody speaks there at the same time,
   * and much louder.
   */
  boolean leaksFrom(Window other) {
    return other.levelDb - levelDb >= LEAK_DB
        && Math.abs(startMillis - other.startMillis) <= LENGTH / 2;
  }

  /** The moment before and after which there is as much speech. */
  long middle() {
    return Boundary.middle(speech);
  }

  /**
   * Pauses in its speech and after it, up to where the next window begins: what both share is the
   * next one's. Pauses count that part two stretches of speech.
   */
  int pausesBefore(Window next) {
    int pauses = 0;
    for (int i = 0; i < speech.size(); i++) {
      long end = speech.get(i).endMillis();
      if (end > next.startMillis) {
        return pauses;
      }
      Span after = i + 1 < speech.size() ? speech.get(i + 1) : next.speech.get(0);
      if (after.startMillis() - end >= PAUSE) {
        pauses++;
      }
    }
    return pauses;
  }

  byte[] toBytes() {
    ByteBuffer out = ByteBuffer.allocate(1 + 8 + 4 + 4 + 1 + 2 + 4 * speech.size() + vector.length);
    out.put(VERSION).putLong(startMillis).putFloat(weight).putFloat(levelDb);
    out.put((byte) ((telephone ? 1 : 0) | (leak ? 2 : 0))).putShort((short) speech.size());
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
    float level = in.getFloat();
    int flags = in.get();
    int parts = in.getShort() & 0xFFFF;
    List<Span> speech = new ArrayList<>(parts);
    for (int i = 0; i < parts; i++) {
      long from = start + (in.getShort() & 0xFFFF);
      speech.add(new Span(from, from + (in.getShort() & 0xFFFF)));
    }
    byte[] vector = new byte[in.remaining()];
    in.get(vector);
    Serial.require(start >= 0 && parts > 0, "window", "no speech");
    Serial.require(weight >= 0 && Float.isFinite(weight), "window", "weight");
    Serial.require(Serial.hasDirection(vector), "window", "vector");
    return new Window(
        start, List.copyOf(speech), weight, level, (flags & 1) != 0, (flags & 2) != 0, vector);
  }
}
