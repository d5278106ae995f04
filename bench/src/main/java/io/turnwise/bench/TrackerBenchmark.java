package io.turnwise.bench;

import io.turnwise.avro.Role;
import io.turnwise.topology.track.CallVoices;
import io.turnwise.topology.track.EnrolledVoices;
import io.turnwise.topology.track.Observation;
import io.turnwise.topology.track.Span;
import io.turnwise.topology.track.SpeakerTracker;
import io.turnwise.topology.track.TrackerSettings;
import io.turnwise.topology.track.Tracking;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What the tracker takes for one segment of a call that has been going on: its channel's memory is
 * full, and speakers take turns of six seconds.
 */
@State(Scope.Thread)
public class TrackerBenchmark extends AverageTime {
  private static final int DIMENSION = 256;
  private static final int SEGMENTS = 200;
  private static final int SEGMENTS_A_TURN = 8;
  private static final long HOP = 750;
  private static final long LENGTH = 1_500;

  @Param({"2", "4"})
  public int speakers;

  private final SpeakerTracker tracker = new SpeakerTracker(TrackerSettings.of(0.45));
  private CallVoices before;
  private Observation next;

  @Setup
  public void listen() {
    Random random = new Random(1);
    List<float[]> voices = new ArrayList<>();
    float[] common = normal(random);
    for (int i = 0; i < speakers; i++) {
      voices.add(sum(common, 0.45, normal(random), 0.7));
    }
    before = CallVoices.none();
    for (int i = 0; i < SEGMENTS; i++) {
      float[] voice = sum(voices.get(i / SEGMENTS_A_TURN % speakers), 1, normal(random), 0.55);
      next = segment(i * HOP, unit(voice));
      if (i < SEGMENTS - 1) {
        before = tracker.observe(before, next, EnrolledVoices.none()).after();
      }
    }
  }

  @Benchmark
  public Tracking observe() {
    return tracker.observe(before, next, EnrolledVoices.none());
  }

  private static Observation segment(long start, float[] voice) {
    Span span = new Span(start, start + LENGTH);
    return new Observation(
        0,
        span,
        List.of(span),
        voice,
        "a".repeat(64),
        -20f,
        false,
        Role.UNKNOWN,
        Instant.ofEpochMilli(start + LENGTH));
  }

  private static float[] normal(Random random) {
    float[] values = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      values[i] = (float) (random.nextGaussian() / Math.sqrt(DIMENSION));
    }
    return values;
  }

  private static float[] sum(float[] a, double ofA, float[] b, double ofB) {
    float[] sum = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      sum[i] = (float) (ofA * a[i] + ofB * b[i]);
    }
    return sum;
  }

  private static float[] unit(float[] vector) {
    double square = 0;
    for (float value : vector) {
      square += (double) value * value;
    }
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) (vector[i] / Math.sqrt(square));
    }
    return vector;
  }
}
