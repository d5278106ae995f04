package io.turnwise.inference.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CosineTest {
  @Test
  void shouldCompareDirectionsWhateverTheLengths() {
    assertEquals(1, Cosine.of(new float[] {3, 4}, new float[] {30, 40}), 1e-12);
    assertEquals(-1, Cosine.of(new float[] {3, 4}, new float[] {-3, -4}), 1e-12);
    assertEquals(0.6, Cosine.of(new float[] {1, 0}, new float[] {3, 4}), 1e-12);
  }

  @Test
  void shouldGiveNoNumberWhenThereIsNothingToCompare() {
    assertTrue(Double.isNaN(Cosine.of(new float[2], new float[] {1, 1})));
    assertTrue(Double.isNaN(Cosine.of(new float[] {1, 1}, new float[] {1, 1, 1})));
    assertTrue(Double.isNaN(Cosine.of(new float[] {1, Float.NaN}, new float[] {1, 1})));
    assertTrue(
        Double.isNaN(Cosine.of(new float[] {1, Float.POSITIVE_INFINITY}, new float[] {1, 1})));
  }
}
