package io.turnwise.app.tracking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SteadyTimeTest {
  @Test
  void shouldGoOnFromTheWallClockByWhatHasPassed() {
    // Given
    AtomicLong nanos = new AtomicLong(-5_000_000_000L);
    SteadyTime time = SteadyTime.from(1_700_000_000_000L, nanos::get);

    // When
    nanos.addAndGet(2_500_999_999L);

    // Then
    assertEquals(1_700_000_002_500L, time.milliseconds());
  }

  @Test
  void shouldStandStillWhileNothingPasses() {
    // Given
    AtomicLong nanos = new AtomicLong(Long.MAX_VALUE);
    SteadyTime time = SteadyTime.from(1000, nanos::get);

    // When
    nanos.addAndGet(1_000_000);

    // Then
    assertEquals(1001, time.milliseconds());
    assertEquals(1001, time.milliseconds());
  }

  @Test
  void shouldBeginWithTheWallClock() {
    // Given
    long before = System.currentTimeMillis();

    // When
    long now = SteadyTime.start().milliseconds();

    // Then
    assertTrue(Math.abs(now - before) < 60_000, now + " is far from " + before);
  }
}
