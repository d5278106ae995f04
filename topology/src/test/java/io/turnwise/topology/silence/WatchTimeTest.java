package io.turnwise.topology.silence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class WatchTimeTest {
  private static final long MOST = 2_500;
  private final WatchTime time = new WatchTime(MOST, 1_000_000);

  @Test
  void shouldCountWhatPassesBetweenLooks() {
    // When
    time.at(1_001_000);
    long watched = time.at(1_001_750);

    // Then
    assertEquals(1_750, watched);
  }

  @Test
  void shouldNotCountWhileNobodyLooked() {
    // When
    long watched = time.at(1_000_000 + 45_000);

    // Then
    assertEquals(MOST, watched);
  }

  @Test
  void shouldNotGoBackWithTheClockAndGoOnFromThere() {
    // Given
    time.at(1_001_000);

    // When
    long back = time.at(400_000);
    long on = time.at(400_500);

    // Then
    assertEquals(1_000, back);
    assertEquals(1_500, on);
  }
}
