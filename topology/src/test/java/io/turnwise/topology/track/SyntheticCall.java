package io.turnwise.topology.track;

import io.turnwise.avro.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A call of made-up embeddings: each segment of 1.5 s, at a hop of 0.75 s, is its speaker's
 * direction and noise, mixed by time where two share it. Two segments of a speaker have a cosine of
 * about 0.7, of two speakers of about 0.2. Equal seeds give equal calls.
 */
final class SyntheticCall {
  static final String MODEL = "a".repeat(64);
  static final double THRESHOLD = 0.45;

  static final float LEVEL_DB = -20;

  private static final int DIMENSION = 64;
  private static final long HOP = 750;
  private static final long LENGTH = 1500;

  private final Random random;
  private final float[][] speakers;
  private final List<long[]> turns = new ArrayList<>();
  private long end;

  SyntheticCall(long seed, int speakerCount) {
    random = new Random(seed);
    float[] common = direction();
    speakers = new float[speakerCount][];
    for (int s = 0; s < speakerCount; s++) {
      float[] own = direction();
      speakers[s] = mix(common, Math.sqrt(0.2), own, Math.sqrt(0.5));
    }
  }

  /** Lets somebody speak after whoever spoke before, without a pause. */
  SyntheticCall turn(int speaker, double seconds) {
    long next = end + Math.round(seconds * 1000);
    turns.add(new long[] {end, next, speaker});
    end = next;
    return this;
  }

  /** The direction of a speaker, as an enrolment has it. */
  float[] voice(int speaker) {
    float[] voice = speakers[speaker].clone();
    UnitVector.scale(voice);
    return voice;
  }

  List<Observation> segments(int channel) {
    List<Observation> segments = new ArrayList<>();
    for (long start = 0; start + LENGTH <= end; start += HOP) {
      segments.add(segment(channel, start, vector(start)));
    }
    return segments;
  }

  static Observation segment(int channel, long start, float[] vector) {
    Span span = new Span(start, start + LENGTH);
    return new Observation(
        channel,
        span,
        List.of(span),
        vector,
        MODEL,
        LEVEL_DB,
        false,
        Role.UNKNOWN,
        Instant.ofEpochMilli(start + LENGTH));
  }

  private float[] vector(long start) {
    float[] sum = new float[DIMENSION];
    for (long[] turn : turns) {
      double share =
          (double) (Math.min(start + LENGTH, turn[1]) - Math.max(start, turn[0])) / LENGTH;
      if (share > 0) {
        sum = mix(sum, 1, speakers[(int) turn[2]], share);
      }
    }
    sum = mix(sum, 1, direction(), Math.sqrt(0.3));
    UnitVector.scale(sum);
    return sum;
  }

  float[] direction() {
    float[] direction = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      direction[i] = (float) random.nextGaussian();
    }
    UnitVector.scale(direction);
    return direction;
  }

  private static float[] mix(float[] a, double ofA, float[] b, double ofB) {
    float[] mixed = new float[a.length];
    for (int i = 0; i < mixed.length; i++) {
      mixed[i] = (float) (a[i] * ofA + b[i] * ofB);
    }
    return mixed;
  }
}
