package io.turnwise.inference.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.testing.ReferenceVectors;
import io.turnwise.testing.ReferenceVectors.Excerpt;
import org.junit.jupiter.api.Test;

class FbankReferenceTest {
  private static final double LARGEST = 1e-3;
  private static final double MEAN = 1e-5;

  @Test
  void shouldEqualKaldiNativeFbankOnEveryExcerpt() {
    for (Excerpt excerpt : ReferenceVectors.require().excerpts()) {
      // Given
      float[] samples = excerpt.samples();

      // When
      Features features = new Fbank().compute(samples, 0, samples.length);

      // Then
      assertEquals(excerpt.frames(), features.frames(), excerpt::toString);
      assertClose(excerpt.floats("fbank_knf_f32"), features.values(), excerpt);
    }
  }

  @Test
  void shouldEqualTheReferenceAfterMeanSubtractionOnEveryExcerpt() {
    for (Excerpt excerpt : ReferenceVectors.require().excerpts()) {
      // Given
      float[] samples = excerpt.samples();

      // When
      Features features = new Fbank().computeCentred(samples, 0, samples.length);

      // Then
      assertClose(excerpt.floats("fbank_cmn_f32"), features.values(), excerpt);
    }
  }

  private static void assertClose(float[] expected, float[] actual, Excerpt excerpt) {
    assertEquals(expected.length, actual.length, excerpt::toString);
    double largest = 0;
    double sum = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs((double) expected[i] - actual[i]);
      largest = Math.max(largest, difference);
      sum += difference;
    }
    double mean = sum / expected.length;
    System.out.printf("%s: max %.2e, mean %.2e log units%n", excerpt, largest, mean);
    assertTrue(largest <= LARGEST && mean <= MEAN, excerpt + ": max " + largest + ", mean " + mean);
  }
}
