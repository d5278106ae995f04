package io.turnwise.app.tracking;

import static io.turnwise.app.tracking.FaultBudget.Verdict.GIVE_UP;
import static io.turnwise.app.tracking.FaultBudget.Verdict.REPLACE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.turnwise.topology.UnreadableState;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FaultBudgetTest {
  private static final Duration WINDOW = Duration.ofSeconds(60);

  private final AtomicLong now = new AtomicLong();

  @Test
  void shouldGiveUpWhenMoreThreadsFailWithinTheWindowThanAreBorne() {
    FaultBudget budget = new FaultBudget(2, WINDOW, now::get);

    assertEquals(REPLACE, fault(budget, 0));
    assertEquals(REPLACE, fault(budget, 10));
    assertEquals(GIVE_UP, fault(budget, 20));
  }

  @Test
  void shouldForgetFaultsThatAreOlderThanTheWindow() {
    FaultBudget budget = new FaultBudget(1, WINDOW, now::get);

    assertEquals(REPLACE, fault(budget, 0));
    assertEquals(REPLACE, fault(budget, 61));
    assertEquals(GIVE_UP, fault(budget, 62));
  }

  @Test
  void shouldGiveUpAtOnceWhenNothingIsBorne() {
    assertEquals(GIVE_UP, FaultBudget.none().take(new IllegalStateException("a fault")));
  }

  @Test
  void shouldTellHowManyFaultsThereWereInTheWindowAndInAll() {
    // Given
    FaultBudget budget = new FaultBudget(2, WINDOW, now::get);
    fault(budget, 0);
    fault(budget, 50);

    // When
    now.set(Duration.ofSeconds(61).toNanos());

    // Then
    assertEquals(new FaultBudget.Count(1, 2, WINDOW, 2), budget.count());
  }

  private FaultBudget.Verdict fault(FaultBudget budget, long seconds) {
    now.set(Duration.ofSeconds(seconds).toNanos());
    return budget.take(new IllegalStateException("a fault"));
  }

  @Test
  void shouldGiveUpAtOnceWhenTheStateCannotBeRead() {
    // Given
    FaultBudget faults = new FaultBudget(10, Duration.ofMinutes(1));
    RuntimeException fault =
        new IllegalStateException(UnreadableState.ofVersion("track-voices", "a call", 2, 3));

    // When / Then
    assertEquals(GIVE_UP, faults.take(fault));
  }
}
