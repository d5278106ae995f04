package io.turnwise.app.baseline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class NaiveMatcherTest {
  @Test
  void shouldTakeTheNearestVoiceAndANewOneBelowTheThreshold() {
    // Given: 0 degrees, 40, 100, 95, 10
    List<float[]> segments = List.of(at(0), at(40), at(100), at(95), at(10));

    // When: at a cosine of 0.7, 45.6 degrees
    int[] labels = NaiveMatcher.labels(segments, 0.7);

    // Then
    assertArrayEquals(new int[] {0, 0, 1, 1, 0}, labels);
  }

  @Test
  void shouldCompareWithTheRunningMeanOfDirections() {
    // Given: after 0 and 40 degrees the centroid is at 20, from where 60 is nearer than from 0;
    // the second segment is a hundred times as long and counts no more for that
    float[] loud = at(40);
    loud[0] *= 100;
    loud[1] *= 100;

    // When: at 45.6 degrees
    int[] labels = NaiveMatcher.labels(List.of(at(0), loud, at(60), at(80)), 0.7);

    // Then: 60 joins and draws the centroid to 33, so that 80 is 47 degrees off
    assertArrayEquals(new int[] {0, 0, 0, 1}, labels);
  }

  @Test
  void shouldMakeEachSegmentAVoiceWhereNothingIsLikeEnough() {
    assertArrayEquals(new int[] {0, 1, 2}, NaiveMatcher.labels(List.of(at(0), at(0), at(0)), 1.1));
  }

  @Test
  void shouldRefuseASegmentWithoutDirection() {
    assertThrows(
        IllegalArgumentException.class,
        () -> NaiveMatcher.labels(List.of(new float[] {0, 0}), 0.5));
  }

  private static float[] at(double degrees) {
    double radians = Math.toRadians(degrees);
    return new float[] {(float) Math.cos(radians), (float) Math.sin(radians)};
  }
}
