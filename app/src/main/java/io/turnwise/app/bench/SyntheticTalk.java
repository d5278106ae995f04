package io.turnwise.app.bench;

import io.turnwise.avro.Role;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.avro.SpeechSpan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Embeddings of a call that nobody made, as long as one likes: people of unequal share take turns
 * of 1.5 to 30 s, pause between some of them, and in one of six segments speak for less than all of
 * it. A segment that reaches over a change is a mixture of both; neighbours share half of their
 * noise, as they share half of their samples.
 *
 * <p>Embeddings are of length 1 with an average cosine of {@value #WITHIN} within a voice and
 * {@value #BETWEEN} between two, with the scatter that chance gives vectors of the dimension: what
 * models of some quality give for 1.5 s. The same seed gives the same call. Not thread-safe.
 */
final class SyntheticTalk {
  static final double WITHIN = 0.62;
  static final double BETWEEN = 0.3;

  /** The cosine between these two. */
  static final double THRESHOLD = (WITHIN + BETWEEN) / 2;

  static final int HOP_MILLIS = 750;

  private static final int SEGMENT_MILLIS = 1500;
  private static final int LEAST_TURN = 2;
  private static final double GOES_ON = 0.87;
  private static final int LONGEST_TURN = 40;
  private static final double PAUSE = 0.3;
  private static final int LONGEST_PAUSE = 6;
  private static final double SHORT = 1.0 / 6;
  private static final int LEAST_SPEECH = 500;
  private static final String MODEL = "5".repeat(64);

  private final Random random;
  private final int dimension;
  private final double[][] voices;
  private double[] noise;
  private long segment;
  private int speaker;
  private int before;
  private int left;
  private boolean changed;

  SyntheticTalk(int dimension, int speakers, long seed) {
    random = new Random(seed);
    this.dimension = dimension;
    double[] common = unit();
    voices = new double[speakers][];
    for (int i = 0; i < speakers; i++) {
      voices[i] = mixed(Math.sqrt(BETWEEN), common, Math.sqrt(WITHIN - BETWEEN), unit());
    }
    noise = unit();
    left = turn();
  }

  /** The next segment in which somebody speaks. */
  SpeakerEmbedding next() {
    if (left == 0) {
      before = speaker;
      changed = true;
      speaker = other();
      left = turn();
      if (random.nextDouble() < PAUSE) {
        // Two hops at least, so that no segment holds both.
        segment += 2 + random.nextInt(LONGEST_PAUSE);
        changed = false;
      }
    }
    double[] voice = voices[speaker];
    if (changed) {
      double part = random.nextDouble();
      voice = mixed(part, voices[before], 1 - part, voice);
      changed = false;
    }
    double[] fresh = unit();
    double[] own = mixed(Math.sqrt(0.5), noise, Math.sqrt(0.5), fresh);
    noise = fresh;
    double[] vector = mixed(1, voice, Math.sqrt(1 - WITHIN), own);
    left--;
    return embedding(segment++, vector);
  }

  private SpeakerEmbedding embedding(long index, double[] vector) {
    long start = index * HOP_MILLIS;
    int speech =
        random.nextDouble() < SHORT
            ? LEAST_SPEECH + 10 * random.nextInt((SEGMENT_MILLIS - LEAST_SPEECH) / 10)
            : SEGMENT_MILLIS;
    double length = Math.sqrt(square(vector));
    List<Float> values = new ArrayList<>(dimension);
    for (double value : vector) {
      values.add((float) (value / length));
    }
    return SpeakerEmbedding.newBuilder()
        .setCall("synthetic")
        .setChannel(0)
        .setRole(Role.UNKNOWN)
        .setSegment(index)
        .setStartMillis(start)
        .setEndMillis(start + SEGMENT_MILLIS)
        .setCapturedAt(Instant.ofEpochMilli(start + SEGMENT_MILLIS))
        .setSpeechMillis(speech)
        .setSpeech(List.of(new SpeechSpan(start, start + speech)))
        .setVector(values)
        .setModel("synthetic")
        .setModelFingerprint(MODEL)
        .build();
  }

  /** The first speak the most. */
  private int other() {
    while (true) {
      int next = (int) (voices.length * random.nextDouble() * random.nextDouble());
      if (next != speaker || voices.length == 1) {
        return next;
      }
    }
  }

  private int turn() {
    int segments = LEAST_TURN;
    while (segments < LONGEST_TURN && random.nextDouble() < GOES_ON) {
      segments++;
    }
    return segments;
  }

  private double[] unit() {
    double[] values = new double[dimension];
    for (int i = 0; i < dimension; i++) {
      values[i] = random.nextGaussian();
    }
    double length = Math.sqrt(square(values));
    for (int i = 0; i < dimension; i++) {
      values[i] /= length;
    }
    return values;
  }

  private static double[] mixed(double ofA, double[] a, double ofB, double[] b) {
    double[] mixed = new double[a.length];
    for (int i = 0; i < mixed.length; i++) {
      mixed[i] = ofA * a[i] + ofB * b[i];
    }
    return mixed;
  }

  private static double square(double[] vector) {
    double square = 0;
    for (double value : vector) {
      square += value * value;
    }
    return square;
  }
}
