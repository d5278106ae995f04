package io.turnwise.topology.track;

import io.turnwise.avro.Role;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the tracker remembers of one channel from segment to segment. Mutable while a segment is
 * observed, on a copy; never changed once it is part of a {@link CallVoices}.
 */
final class ChannelTrack {
  private static final byte VERSION = 1;

  /** Stands for nobody where a voice's number is expected. */
  static final int NOBODY = -1;

  /** Stands for the tentative voice where a voice's number is expected. */
  static final int TENTATIVE = -2;

  /** Who speaks, as published; {@link #NOBODY} before the first change. */
  int speaker = NOBODY;

  /** Whose side of the call the channel carries. */
  Role role = Role.UNKNOWN;

  /** Model of the last segment, as an index. */
  int model = NOBODY;

  /** Media time of the last change; nothing is published before it. */
  long changedAt = 0;

  /** Where the channel's first speech began. */
  long firstSpeech = 0;

  /**
   * How far the evidence for each of the call's voices leads that for the speaker; sorted by voice.
   */
  List<Rival> rivals = new ArrayList<>();

  /** The latest segment's speech, empty before the first. */
  List<Span> speech = List.of();

  /** Whose the latest segment is by itself, and the one before it. */
  int label = NOBODY;

  int labelBefore = NOBODY;

  /** The latest segment, in 8 bits a value: it joins a voice once its successor agrees. */
  byte[] pending = new byte[0];

  float pendingWeight = 0;

  /**
   * A voice that may have begun to speak.
   *
   * @param voice its number, or {@link #TENTATIVE}
   * @param lead evidence for it less the evidence for the speaker; a change at zero
   * @param onset media time at which it would have begun
   * @param support number of segments that spoke for it since then
   */
  record Rival(int voice, float lead, long onset, int support) {}

  ChannelTrack copy() {
    ChannelTrack copy = new ChannelTrack();
    copy.speaker = speaker;
    copy.role = role;
    copy.model = model;
    copy.changedAt = changedAt;
    copy.firstSpeech = firstSpeech;
    copy.rivals = new ArrayList<>(rivals);
    copy.speech = speech;
    copy.label = label;
    copy.labelBefore = labelBefore;
    copy.pending = pending;
    copy.pendingWeight = pendingWeight;
    return copy;
  }

  /** Keeps a vector of length 1 in 8 bits a value: its direction is off by less than a degree. */
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

  static float[] unpacked(byte[] packed) {
    float[] vector = new float[packed.length];
    for (int i = 0; i < packed.length; i++) {
      vector[i] = packed[i];
    }
    UnitVector.scale(vector);
    return vector;
  }

  byte[] toBytes() {
    ByteBuffer out =
        ByteBuffer.allocate(64 + rivals.size() * 24 + speech.size() * 16 + pending.length);
    out.put(VERSION)
        .putInt(speaker)
        .put((byte) role.ordinal())
        .putInt(model)
        .putLong(changedAt)
        .putLong(firstSpeech);
    out.putInt(label).putInt(labelBefore).putFloat(pendingWeight);
    out.putShort((short) rivals.size());
    for (Rival rival : rivals) {
      out.putInt(rival.voice).putFloat(rival.lead).putLong(rival.onset).putInt(rival.support);
    }
    out.putShort((short) speech.size());
    for (Span part : speech) {
      out.putLong(part.startMillis()).putInt((int) part.millis());
    }
    out.put(pending);
    return Arrays.copyOf(out.array(), out.position());
  }

  static ChannelTrack fromBytes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    Serial.requireVersion("channel", VERSION, in.get());
    ChannelTrack track = new ChannelTrack();
    track.speaker = in.getInt();
    track.role = Role.values()[in.get()];
    track.model = in.getInt();
    track.changedAt = in.getLong();
    track.firstSpeech = in.getLong();
    track.label = in.getInt();
    track.labelBefore = in.getInt();
    track.pendingWeight = in.getFloat();
    int rivals = in.getShort();
    for (int i = 0; i < rivals; i++) {
      track.rivals.add(new Rival(in.getInt(), in.getFloat(), in.getLong(), in.getInt()));
    }
    int spans = in.getShort() & 0xFFFF;
    List<Span> speech = new ArrayList<>(spans);
    for (int i = 0; i < spans; i++) {
      long start = in.getLong();
      speech.add(new Span(start, start + in.getInt()));
    }
    track.speech = List.copyOf(speech);
    track.pending = new byte[in.remaining()];
    in.get(track.pending);
    return track;
  }
}
