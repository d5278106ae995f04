package io.turnwise.topology.track;

import io.turnwise.avro.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A call of made-up embeddings: each segment of 1.5 s is its speaker's direction and noise, mixed
 * by time where two share it. Two segments of a speaker have a cosine of about 0.7, of two speakers
 * of about 0.2, where not said otherwise. Equal seeds give equal calls.
 */
final class SyntheticCall {
  static final String MODEL = "a".repeat(64);
  static final double THRESHOLD = 0.45;

  static final float LEVEL_DB = -20;

  /** Milliseconds from one segment to the next, where not said otherwise. */
  static final long HOP = 750;

  static final long LENGTH = 1500;

  private static final int DIMENSION = 64;

  /** Least speech of a segment: one with less is not embedded. */
  private static final long LEAST_SPEECH = 500;

  private final long seed;
  private final Random random;
  private final int dimension;
  private final double noise;
  private final float[][] speakers;
  private final SortedMap<Integer, List<Turn>> turns = new TreeMap<>();
  private int channel;
  private float levelDb = LEVEL_DB;
  private String model = MODEL;

  private record Turn(long from, long until, float[] voice, float levelDb, String model) {}

  SyntheticCall(long seed, int speakerCount) {
    this(seed, speakerCount, DIMENSION, 0.2, 0.7);
  }

  /**
   * @param between cosine of segments of two speakers, about
   * @param within cosine of two segments of one speaker, about
   */
  SyntheticCall(long seed, int speakerCount, int dimension, double between, double within) {
    this.seed = seed;
    this.dimension = dimension;
    random = new Random(seed);
    noise = 1 - within;
    float[] common = direction();
    speakers = new float[speakerCount][];
    for (int s = 0; s < speakerCount; s++) {
      speakers[s] = mix(common, Math.sqrt(between), direction(), Math.sqrt(within - between));
    }
  }

  /** What is said from now on is said on this channel. */
  SyntheticCall on(int channel) {
    this.channel = channel;
    return this;
  }

  /** What is said from now on is as loud as this. */
  SyntheticCall at(float levelDb) {
    this.levelDb = levelDb;
    return this;
  }

  /** What is said from now on is embedded by this model; others' embeddings are half as long. */
  SyntheticCall by(String model) {
    this.model = model;
    return this;
  }

  /** Lets somebody speak after whoever spoke before on the channel, without a pause. */
  SyntheticCall turn(int speaker, double seconds) {
    return said(speakers[speaker], seconds);
  }

  /** Lets somebody speak whose voice changes evenly from one speaker's to another's. */
  SyntheticCall drift(int speaker, int other, double share, double seconds) {
    int steps = (int) Math.ceil(seconds);
    for (int i = 0; i < steps; i++) {
      double part = share * i / steps;
      said(mix(speakers[speaker], 1 - part, speakers[other], part), seconds / steps);
    }
    return this;
  }

  SyntheticCall pause(double seconds) {
    return said(new float[0], seconds);
  }

  private SyntheticCall said(float[] voice, double seconds) {
    long from = end();
    List<Turn> here = turns.computeIfAbsent(channel, unheard -> new ArrayList<>());
    here.add(new Turn(from, from + Math.round(seconds * 1000), voice, levelDb, model));
    return this;
  }

  /** Lets nobody speak on the channel until another has come as far. */
  SyntheticCall waitFor(int other) {
    long ahead = turns.get(other).get(turns.get(other).size() - 1).until() - end();
    return ahead > 0 ? pause(ahead / 1000.0) : this;
  }

  /** How far the channel has come, in milliseconds. */
  long end() {
    List<Turn> here = turns.getOrDefault(channel, List.of());
    return here.isEmpty() ? 0 : here.get(here.size() - 1).until();
  }

  /** The direction of a speaker, as an enrolment has it. */
  float[] voice(int speaker) {
    float[] voice = speakers[speaker].clone();
    UnitVector.scale(voice);
    return voice;
  }

  /** A direction that is so much the other's and for the rest the speaker's. */
  float[] between(int speaker, int other, double share) {
    float[] between = mix(voice(speaker), 1 - share, voice(other), share);
    UnitVector.scale(between);
    return between;
  }

  /** All channels' segments in the order in which the tracker hears them. */
  List<Observation> segments() {
    List<Observation> all = new ArrayList<>();
    turns.keySet().forEach(heard -> all.addAll(segments(heard)));
    all.sort(
        Comparator.comparingLong((Observation segment) -> segment.span().endMillis())
            .thenComparingInt(Observation::channel));
    return all;
  }

  List<Observation> segments(int channel) {
    return segments(channel, HOP);
  }

  List<Observation> segments(int channel, long hop) {
    List<Turn> here = turns.get(channel);
    Random sounds = new Random(31 * seed + channel);
    List<Observation> segments = new ArrayList<>();
    long end = here.get(here.size() - 1).until();
    for (long start = 0; start + LENGTH <= end; start += hop) {
      float[] noise = direction(sounds);
      segment(channel, start, here, noise).ifPresent(segments::add);
    }
    return segments;
  }

  private Optional<Observation> segment(int channel, long start, List<Turn> here, float[] sound) {
    float[] sum = new float[dimension];
    List<Span> speech = new ArrayList<>();
    long spoken = 0;
    double power = 0;
    String model = MODEL;
    for (Turn turn : here) {
      long from = Math.max(start, turn.from());
      long until = Math.min(start + LENGTH, turn.until());
      if (from < until && turn.voice().length > 0) {
        sum = mix(sum, 1, turn.voice(), (double) (until - from) / LENGTH);
        power += Math.pow(10, turn.levelDb() / 10) * (until - from);
        spoken += until - from;
        model = turn.model();
        int last = speech.size() - 1;
        if (last >= 0 && speech.get(last).endMillis() == from) {
          speech.set(last, new Span(speech.get(last).startMillis(), until));
        } else {
          speech.add(new Span(from, until));
        }
      }
    }
    if (spoken < LEAST_SPEECH) {
      return Optional.empty();
    }
    double share = (double) spoken / LENGTH;
    float[] vector = mix(sum, 1 / share, sound, Math.sqrt(noise));
    if (!model.equals(MODEL)) {
      vector = Arrays.copyOf(vector, dimension / 2);
    }
    UnitVector.scale(vector);
    return Optional.of(
        observation(
            channel, start, speech, vector, model, (float) (10 * Math.log10(power / spoken))));
  }

  /** A segment full of speech. */
  static Observation segment(int channel, long start, float[] vector) {
    return observation(
        channel, start, List.of(new Span(start, start + LENGTH)), vector, MODEL, LEVEL_DB);
  }

  private static Observation observation(
      int channel, long start, List<Span> speech, float[] vector, String model, float levelDb) {
    return new Observation(
        channel,
        new Span(start, start + LENGTH),
        speech,
        vector,
        model,
        levelDb,
        false,
        Role.UNKNOWN,
        Instant.ofEpochMilli(start + LENGTH));
  }

  /** A direction that is nobody's. */
  float[] direction() {
    return direction(random);
  }

  private float[] direction(Random random) {
    float[] direction = new float[dimension];
    for (int i = 0; i < dimension; i++) {
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
