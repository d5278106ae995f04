package io.turnwise.app.fuzz;

import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.Encoding;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.avro.Role;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.avro.SpeechSpan;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Records that are of the topics' schemas and mean no good: of a few calls that contradict
 * themselves and of calls that come once. No voice of theirs is like any of a person's.
 */
final class HostileRecords {
  /** More than a producer sends; compressed it comes through. */
  private static final int LARGE = 1_200_000;

  private static final int CALLS = 6;
  private static final long[] POSITIONS = {
    -1, 0, 1, 159, 160, 8_000, 1L << 31, 8_000_000_000L, 1L << 40, (1L << 40) + 1, Long.MAX_VALUE
  };
  private static final long[] TIMES = {
    Long.MIN_VALUE, -1, 0, 1, 253_402_300_799_999L, Long.MAX_VALUE
  };
  private static final int[] RATES = {8_000, 8_001, 11_025, 16_000, 44_100, 47_999, 48_000};
  private static final int[] NO_RATES = {-1, 0, 1, 7_999, 48_001, Integer.MAX_VALUE};
  private static final float[] VALUES = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.MAX_VALUE, Float.MIN_VALUE, 0f, 1f, -1f
  };

  private final SplittableRandom random;
  private final String fingerprint;
  private final int dimension;
  private final long[] reached = new long[CALLS * 4];
  private int fresh;

  /**
   * @param fingerprint of the model that is run
   * @param dimension of its embeddings
   */
  HostileRecords(SplittableRandom random, String fingerprint, int dimension) {
    this.random = random;
    this.fingerprint = fingerprint;
    this.dimension = dimension;
  }

  /** A call id that is not the neighbour's. */
  String call() {
    if (random.nextInt(8) == 0) {
      return "once-" + fresh++;
    }
    return switch (random.nextInt(40)) {
      case 0 -> "";
      case 1 -> "x".repeat(257);
      case 2 -> "\u0000";
      case 3 -> "\ud83d\ude00";
      default -> "hostile-" + random.nextInt(CALLS);
    };
  }

  /** The key of a call's record: seldom another, more seldom one that came compressed. */
  String key(String call) {
    if (random.nextInt(500) == 0) {
      return call + "k".repeat(LARGE);
    }
    return random.nextInt(50) == 0 ? call + "\u0000" : call;
  }

  AudioChunk chunk(String call) {
    int channel =
        random.nextInt(20) == 0
            ? List.of(-1, 31, 255, 256, 1_000_000, Integer.MIN_VALUE).get(random.nextInt(6))
            : random.nextInt(4);
    int place = Math.floorMod(call.hashCode(), CALLS) * 4 + Math.floorMod(channel, 4);
    int rate =
        random.nextInt(30) == 0
            ? NO_RATES[random.nextInt(NO_RATES.length)]
            : random.nextInt(5) == 0 ? RATES[random.nextInt(RATES.length)] : 8_000;
    Encoding encoding =
        random.nextInt(5) == 0
            ? Encoding.values()[random.nextInt(Encoding.values().length)]
            : Encoding.MULAW;
    byte[] payload = payload(rate);
    long position = position(reached[place]);
    if (position >= 0 && position < 1L << 40) {
      reached[place] = position + payload.length;
    }
    return AudioChunk.newBuilder()
        .setCallId(call)
        .setChannel(channel)
        .setRole(Role.values()[random.nextInt(Role.values().length)])
        .setSequence(random.nextLong())
        .setPosition(position)
        .setCapturedAt(time())
        .setEncoding(encoding)
        .setSampleRate(rate)
        .setPayload(ByteBuffer.wrap(payload))
        .setLast(random.nextInt(40) == 0)
        .setAttributes(random.nextInt(50) == 0 ? Map.of("k".repeat(500), "v") : Map.of())
        .build();
  }

  /** What follows, mostly; a little before or after; anywhere. */
  private long position(long expected) {
    return switch (random.nextInt(12)) {
      case 0 -> Math.max(0, expected - random.nextInt(4_000));
      case 1, 2 -> expected + random.nextInt(8_000);
      case 3 -> POSITIONS[random.nextInt(POSITIONS.length)];
      case 4 -> expected + random.nextInt(100_000);
      default -> expected;
    };
  }

  private Instant time() {
    long millis =
        random.nextInt(6) == 0
            ? TIMES[random.nextInt(TIMES.length)]
            : 1_767_225_600_000L + random.nextInt(100_000);
    return Instant.ofEpochMilli(millis);
  }

  /** Silence mostly, since sound costs an inference; of any size. */
  private byte[] payload(int rate) {
    if (rate >= 44_100 && random.nextInt(50) == 0) {
      return new byte[LARGE];
    }
    int size =
        switch (random.nextInt(600)) {
          case 0 -> 60 * Math.max(1, Math.min(rate, 8_000)) + random.nextInt(2);
          case 1, 2 -> 40_000 + random.nextInt(20_000);
          case 3, 4, 5, 6, 7, 8, 9, 10 -> 0;
          case 11, 12, 13, 14, 15, 16, 17, 18 -> 1;
          case 19, 20, 21, 22, 23, 24, 25, 26 -> 161;
          default -> 160 * (1 + random.nextInt(4));
        };
    byte[] payload = new byte[size];
    if (random.nextInt(100) == 0) {
      for (int i = 0; i < size; i++) {
        payload[i] = (byte) random.nextInt(256);
      }
    } else {
      Arrays.fill(payload, (byte) 0xff);
    }
    return payload;
  }

  SpeakerEmbedding embedding(String call) {
    int channel = random.nextInt(20) == 0 ? random.nextInt(-2, 300) : random.nextInt(4);
    int place = Math.floorMod(call.hashCode(), CALLS) * 4 + Math.floorMod(channel, 4);
    long start = Math.max(random.nextInt(10) == 0 ? -1 : 0, position(reached[place]));
    long length =
        random.nextInt(8) == 0
            ? List.of(-1L, 0L, 1L, 10L, 32_768L, 59_999L, 60_000L, 60_001L, Long.MAX_VALUE)
                .get(random.nextInt(9))
            : 1_500;
    if (start >= 0 && start < 1L << 36) {
      reached[place] = start + 750;
    }
    List<SpeechSpan> speech = new ArrayList<>();
    long millis = 0;
    if (length > 0 && length <= 60_000) {
      long at = start;
      int spans = random.nextInt(30) == 0 ? 1_000 : random.nextInt(4);
      for (int i = 0; i < spans && at < start + length; i++) {
        long end = Math.min(start + length, at + 1 + random.nextLong(length));
        speech.add(new SpeechSpan(at, end));
        millis += end - at;
        at = end + random.nextInt(2);
      }
    }
    return SpeakerEmbedding.newBuilder()
        .setCall(call)
        .setChannel(channel)
        .setRole(Role.UNKNOWN)
        .setSegment(random.nextInt(10) == 0 ? random.nextLong() : start / 750)
        .setStartMillis(start)
        .setEndMillis(start + length)
        .setCapturedAt(time())
        .setSpeechMillis(random.nextInt(20) == 0 ? random.nextInt() : (int) millis)
        .setSpeech(speech)
        .setSampleRate(random.nextInt(20) == 0 ? random.nextInt() : 8_000)
        .setLevelDb(random.nextInt(5) == 0 ? VALUES[random.nextInt(VALUES.length)] : -30f)
        .setVector(vector())
        .setModel(random.nextInt(500) == 0 ? "m".repeat(LARGE) : "model")
        .setModelFingerprint(fingerprint())
        .build();
  }

  EnrolledVoice voice(String speaker) {
    return EnrolledVoice.newBuilder()
        .setSpeakerId(random.nextInt(20) == 0 ? speaker + "?" : speaker)
        .setVector(vector())
        .setModel("model")
        .setModelFingerprint(fingerprint())
        .setSpeechMillis(random.nextLong())
        .setEnrolledAt(time())
        .setAttributes(Map.of())
        .build();
  }

  String speaker() {
    return switch (random.nextInt(20)) {
      case 0 -> "";
      case 1 -> "s".repeat(100_000);
      default -> "voice-" + random.nextInt(200);
    };
  }

  private String fingerprint() {
    return switch (random.nextInt(20)) {
      case 0 -> "";
      case 1 -> "f".repeat(64);
      case 2 -> "F".repeat(700);
      default -> fingerprint;
    };
  }

  private List<Float> vector() {
    int length =
        switch (random.nextInt(300)) {
          case 0 -> 65_537;
          case 1, 2, 3, 4, 5, 6, 7, 8 -> 0;
          case 9, 10, 11, 12, 13, 14, 15, 16 -> 1;
          default -> dimension;
        };
    int broken = random.nextInt(3) == 0 ? random.nextInt(8) : 8;
    List<Float> vector = new ArrayList<>(length);
    for (int i = 0; i < length; i++) {
      boolean all = broken == 0;
      vector.add(
          all || broken < 3 && random.nextInt(32) == 0
              ? VALUES[all ? 4 : random.nextInt(VALUES.length)]
              : random.nextFloat() - 0.5f);
    }
    return vector;
  }
}
