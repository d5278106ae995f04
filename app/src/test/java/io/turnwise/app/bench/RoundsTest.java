package io.turnwise.app.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RoundsTest {
  @Test
  void shouldTakeTheMedianOfTheRatiosAndNotTheRatioOfTheMedians() {
    // Given: the machine was slow in the first round and fast in the last
    Rounds rounds =
        new Rounds(
            List.of(
                Map.of("a", 10.0, "b", 5.0),
                Map.of("a", 30.0, "b", 10.0),
                Map.of("a", 80.0, "b", 20.0)));

    // When
    double ratio = rounds.ratio("a", "b");

    // Then
    assertEquals(3, ratio);
    assertEquals(30, rounds.rate("a"));
    assertEquals(10, rounds.rate("b"));
  }

  @Test
  void shouldTakeTheMiddleOfTwoWhenTheRoundsAreEven() {
    // Given
    Rounds rounds = new Rounds(List.of(Map.of("a", 1.0), Map.of("a", 4.0)));

    // When
    double rate = rounds.rate("a");

    // Then
    assertEquals(2.5, rate);
  }

  @Test
  void shouldLetAllTakeTurns() {
    // Given
    List<String> order = new ArrayList<>();
    List<Contender> contenders = List.of(noted("a", order), noted("b", order));

    // When
    Rounds rounds = Rounds.of(contenders, 0.001);

    // Then: two rounds that do not count, five that do
    assertEquals("ab".repeat(7), order.stream().collect(Collectors.joining()));
    assertEquals(5, rounds.count());
  }

  @Test
  void shouldAddTheRatesOfCallersAtOnce() {
    // Given
    AtomicInteger runs = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(3);
    Contender three = Contender.together("three", runs::incrementAndGet, pool, 3);

    // When: as short as can be, so that each caller runs it once or a few times
    double rate = three.rate(0);
    pool.shutdown();

    // Then
    assertEquals(3, runs.get());
    assertEquals(true, rate > 0);
  }

  @Test
  void shouldThrowWhatACallerThrows() {
    // Given
    ExecutorService pool = Executors.newFixedThreadPool(2);
    Contender failing =
        Contender.together(
            "failing",
            () -> {
              throw new IllegalStateException("no");
            },
            pool,
            2);

    // When
    IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> failing.rate(0));
    pool.shutdown();

    // Then
    assertEquals("no", thrown.getMessage());
  }

  @Test
  void shouldThrowNotBeforeTheOtherCallersHaveEnded() {
    // Given: of two callers the first fails, and the other goes on for a while
    ExecutorService pool = Executors.newFixedThreadPool(2);
    AtomicInteger callers = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    CountDownLatch failed = new CountDownLatch(1);
    Contender failing =
        Contender.together(
            "failing",
            () -> {
              if (callers.getAndIncrement() == 0) {
                failed.countDown();
                throw new IllegalStateException("no");
              }
              try {
                failed.await();
                Thread.sleep(50);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              ended.incrementAndGet();
            },
            pool,
            2);

    // When
    assertThrows(IllegalStateException.class, () -> failing.rate(0));
    pool.shutdown();

    // Then
    assertEquals(1, ended.get());
  }

  @Test
  void shouldRefuseNoRounds() {
    // Given nothing

    // When
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new Rounds(List.of()));

    // Then
    assertEquals("rounds: is empty", refused.getMessage());
  }

  private static Contender noted(String name, List<String> order) {
    return new Contender() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public double rate(long nanos) {
        order.add(name);
        return 1;
      }
    };
  }
}
