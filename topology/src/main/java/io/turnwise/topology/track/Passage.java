package io.turnwise.topology.track;

import io.turnwise.avro.Role;
import java.nio.ByteBuffer;

/**
 * Segments of one voice on one channel that have left the latest ones, taken together: the call's
 * compressed evidence. What happens between its ends on the channel and is published as {@link
 * #published} is its own; other voices' passages may lie in between. Immutable, stored once.
 *
 * @param role whose side of the call the channel carries
 * @param fromMillis the middle of the speech of its first segment
 * @param untilMillis the middle of the speech of its last one
 * @param voice whose it is taken for: number of a voice
 * @param published whose it was published as: number of a voice or {@link ChannelMemory#UNKNOWN} or
 *     {@link ChannelMemory#NOBODY}
 * @param places stretches of speech it is of, parted by a pause
 * @param mass weight of the segments in the mean, in full segments; 0 where each may hold another
 *     voice too
 * @param length length of the mean of the segments' unit vectors, 0 to 1
 * @param vector direction of that mean, 8 bits a value; not to be changed
 */
public record Passage(
    int channel,
    Role role,
    int model,
    long fromMillis,
    long untilMillis,
    int voice,
    int published,
    int places,
    float mass,
    float length,
    byte[] vector) {
  /** Weight at which a passage is full and the next begins: 6 s of speech. */
  static final float FULL = 8;

  /** Longest pause, in milliseconds, between two segments of a passage. */
  static final long GAP = 10_000;

  private static final byte VERSION = 1;
  private static final int MOST_PLACES = 100;

  /**
   * A passage of one segment.
   *
   * @param pauses after which its voice goes on, in the segment and up to the next
   * @param pure whether it holds no other voice: else it has no weight
   */
  static Passage of(
      int channel,
      Role role,
      int model,
      Window window,
      int voice,
      int published,
      int pauses,
      boolean pure) {
    return new Passage(
        channel,
        role,
        model,
        window.middle(),
        window.middle(),
        voice,
        published,
        1 + pauses,
        pure ? window.weight() : 0,
        pure ? 1 : 0,
        window.vector());
  }

  /** The passage and what comes after it. */
  Passage with(Passage next) {
    float sum = mass + next.mass;
    float[] mean = new float[vector.length];
    if (sum > 0) {
      float[] first = mean();
      float[] second = next.mean();
      for (int i = 0; i < mean.length; i++) {
        mean[i] = (first[i] * mass + second[i] * next.mass) / sum;
      }
    }
    double square = 0;
    for (float value : mean) {
      square += (double) value * value;
    }
    return new Passage(
        channel,
        role,
        model,
        Math.min(fromMillis, next.fromMillis),
        Math.max(untilMillis, next.untilMillis),
        voice,
        published,
        Math.min(MOST_PLACES, places + next.places - 1),
        sum,
        (float) Math.sqrt(square),
        square > 0 ? Window.packed(mean) : vector);
  }

  /** Whether both are known as the same voice's, on the same channel. */
  boolean isLike(Passage other) {
    return channel == other.channel
        && model == other.model
        && voice == other.voice
        && published == other.published;
  }

  /**
   * Whether what was published does not tell them apart any more: of the time of both one name was
   * published, though they may be taken for two voices.
   */
  boolean isEntangledWith(Passage other) {
    return channel == other.channel
        && published == other.published
        && published != ChannelMemory.NOBODY
        && fromMillis <= other.untilMillis
        && other.fromMillis <= untilMillis;
  }

  /**
   * Both as one passage: the evidence is that of both where it is of one voice, or the weightier.
   */
  Passage together(Passage other) {
    if (isLike(other)) {
      return with(other);
    }
    Passage weightier = mass >= other.mass ? this : other;
    return weightier.lasting(
        Math.min(fromMillis, other.fromMillis), Math.max(untilMillis, other.untilMillis));
  }

  /** What is lost where both are taken together: by how much their means scatter (Ward 1963). */
  double lossWith(Passage other) {
    if (mass == 0 || other.mass == 0) {
      return 0;
    }
    float[] a = mean();
    float[] b = other.mean();
    double square = 0;
    for (int i = 0; i < a.length; i++) {
      square += (double) (a[i] - b[i]) * (a[i] - b[i]);
    }
    return square * mass * other.mass / (mass + other.mass);
  }

  Passage takenFor(int newVoice) {
    return newVoice == voice
        ? this
        : new Passage(
            channel,
            role,
            model,
            fromMillis,
            untilMillis,
            newVoice,
            published,
            places,
            mass,
            length,
            vector);
  }

  Passage publishedAs(int newVoice) {
    return newVoice == published
        ? this
        : new Passage(
            channel,
            role,
            model,
            fromMillis,
            untilMillis,
            voice,
            newVoice,
            places,
            mass,
            length,
            vector);
  }

  /** The passage where something else was published of its channel from a moment on. */
  Passage supersededFrom(long millis) {
    if (untilMillis < millis) {
      return this;
    }
    return fromMillis >= millis
        ? publishedAs(ChannelMemory.NOBODY)
        : lasting(fromMillis, millis - 1);
  }

  private Passage lasting(long from, long until) {
    return new Passage(
        channel, role, model, from, until, voice, published, places, mass, length, vector);
  }

  /** Without extent: it shares no samples with what came later, and holds no other voice's. */
  Piece piece() {
    return new Piece(channel, fromMillis, fromMillis, mass, mean());
  }

  /** The mean of the segments' unit vectors. */
  float[] mean() {
    float[] mean = new float[vector.length];
    if (length > 0) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] = vector[i];
      }
      UnitVector.scale(mean);
      for (int i = 0; i < mean.length; i++) {
        mean[i] *= length;
      }
    }
    return mean;
  }

  byte[] toBytes() {
    ByteBuffer out = ByteBuffer.allocate(1 + 1 + 1 + 2 + 8 + 8 + 2 + 2 + 1 + 4 + 4 + vector.length);
    out.put(VERSION).put((byte) channel).put((byte) role.ordinal()).putShort((short) model);
    out.putLong(fromMillis).putLong(untilMillis);
    out.putShort((short) voice).putShort((short) published).put((byte) places);
    return out.putFloat(mass).putFloat(length).put(vector).array();
  }

  static Passage fromBytes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    Serial.requireVersion("passage", VERSION, in.get());
    int channel = in.get() & 0xFF;
    Role role = Role.values()[in.get()];
    int model = in.getShort();
    long from = in.getLong();
    long until = in.getLong();
    int voice = in.getShort();
    int published = in.getShort();
    int places = in.get();
    float mass = in.getFloat();
    float length = in.getFloat();
    byte[] vector = new byte[in.remaining()];
    in.get(vector);
    Serial.require(from <= until, "passage", "ends before it begins");
    Serial.require(mass >= 0 && Float.isFinite(mass), "passage", "mass");
    Serial.require(length >= 0 && Float.isFinite(length), "passage", "length");
    Serial.require(length == 0 || Serial.hasDirection(vector), "passage", "vector");
    return new Passage(
        channel, role, model, from, until, voice, published, places, mass, length, vector);
  }
}
