package io.turnwise.app.health;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class DegradationTest {
  private final Degradation degradation = new Degradation(10_000, 15_000);

  @Test
  void shouldNotBeDegradedByAPassingDelay() {
    assertEquals(false, degradation.look(0, 50_000));
    assertEquals(false, degradation.look(14_000, 50_000));
    assertEquals(false, degradation.look(15_000, 9_000));
    assertEquals(false, degradation.look(16_000, 50_000));
    assertEquals(false, degradation.look(30_000, 50_000));
  }

  @Test
  void shouldBeDegradedWhenTooFarBehindForTooLong() {
    assertEquals(false, degradation.look(0, 10_001));
    assertEquals(true, degradation.look(15_000, 10_001));
  }

  @Test
  void shouldRecoverWhenNoLongerBehindForAsLong() {
    // Given
    degradation.look(0, 50_000);
    degradation.look(15_000, 50_000);

    // When, then
    assertEquals(true, degradation.look(20_000, 100));
    assertEquals(true, degradation.look(30_000, 50_000));
    assertEquals(true, degradation.look(40_000, 100));
    assertEquals(true, degradation.look(54_000, 100));
    assertEquals(false, degradation.look(55_000, 10_000));
  }
}
