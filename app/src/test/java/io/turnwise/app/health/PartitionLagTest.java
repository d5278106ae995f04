package io.turnwise.app.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PartitionLagTest {
  private static final long NOW = 1_800_000_000_000L;

  private final PartitionLag lag = new PartitionLag();

  @Test
  void shouldBeNothingWhenAllIsProcessed() {
    lag.look(NOW, 100, 100, NOW - 3_600_000);

    assertEquals(0, lag.records());
    assertEquals(0, lag.millis());
  }

  @Test
  void shouldCountFromWhenTheFirstRecordWasAppendedHoweverOldTheLastOneIs() {
    // Given a partition without records for an hour
    lag.look(NOW, 100, 100, NOW - 3_600_000);

    // When one has come since the last look
    lag.look(NOW + 1000, 101, 100, NOW - 3_600_000);

    // Then it is late by no more than the time between the looks
    assertEquals(1, lag.records());
    assertEquals(1000, lag.millis());
  }

  @Test
  void shouldGrowWhileNothingIsProcessedAndShrinkWhenItIs() {
    // Given ten records a second
    List<Long> millis = new ArrayList<>();
    for (int second = 0; second <= 60; second++) {
      // When nothing is processed for 30 s, and then twice as much as comes
      long next = second <= 30 ? 0 : Math.min(10L * second, 20L * (second - 30));
      lag.look(NOW + 1000L * second, 10L * second, next, Double.NaN);
      millis.add(lag.millis());
    }

    // Then
    assertEquals(0, millis.get(0));
    assertEquals(10_000, millis.get(10));
    assertEquals(30_000, millis.get(30));
    assertEquals(45_000 - 30_000, millis.get(45));
    assertEquals(0, millis.get(60));
  }

  @Test
  void shouldBelieveTheRecordsAboutABacklogOfBefore() {
    // Given records of an hour ago, processed from their beginning
    lag.look(NOW, 5000, 1000, NOW - 3_600_000);

    assertEquals(4000, lag.records());
    assertEquals(3_600_000, lag.millis());
  }

  @Test
  void shouldCountFromTheFirstLookWhenNothingOfABacklogHasBeenTakenIn() {
    lag.look(NOW, 5000, 1000, Double.NaN);
    lag.look(NOW + 7000, 5000, 1000, Double.NaN);

    assertEquals(7000, lag.millis());
  }

  @Test
  void shouldNotBelieveAClientWithAWrongClock() {
    // Given it was once caught up
    lag.look(NOW, 100, 100, NOW);

    // When what is processed claims to be of tomorrow, or of 1970
    lag.look(NOW + 5000, 200, 150, NOW + 86_400_000);
    long tomorrow = lag.millis();
    lag.look(NOW + 9000, 200, 150, 0);
    long longAgo = lag.millis();

    // Then it is late by when the records came, to a look
    assertEquals(0, tomorrow);
    assertEquals(9000, longAgo);
  }

  @Test
  void shouldStayNearTheTruthHoweverLongItIsBehind() {
    long seed = 11;
    Random random = new Random(seed);
    long end = 0;
    long next = 0;
    List<Long> appended = new ArrayList<>();
    long now = NOW;
    for (int look = 0; look < 20_000; look++) {
      now += 1000;
      for (int i = random.nextInt(3); i > 0; i--) {
        appended.add(now - random.nextInt(1000));
        end++;
      }
      if (look > 5000) {
        next = Math.min(end, next + random.nextInt(4));
      }
      lag.look(now, end, next, Double.NaN);
      assertEquals(end - next, lag.records());
      if (next < end) {
        long truth = now - appended.get((int) next);
        long error = lag.millis() - truth;
        // Looks are thinned out, the oldest the most often: by an eighth of the age at most.
        assertTrue(
            error >= -1000 && error <= 1000 + truth / 8,
            "seed " + seed + ", look " + look + ": " + lag.millis() + " for " + truth);
      } else {
        assertEquals(0, lag.millis());
      }
    }
  }
}
