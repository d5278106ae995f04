package io.turnwise.topology.silence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class CaughtUpTest {
  private final CaughtUp caughtUp = new CaughtUp(1_000);

  @Test
  void shouldBeUpToNowWhenTheLastRecordIsProcessed() {
    // Given
    caughtUp.processed(41);

    // When
    look(5_000, 42, 0);

    // Then
    assertEquals(5_000, caughtUp.until());
  }

  @Test
  void shouldStandStillWhileRecordsWait() {
    // Given
    caughtUp.processed(41);
    look(2_000, 42, 0);

    // When
    look(40_000, 42, 300);
    look(80_000, 342, 500);

    // Then
    assertEquals(2_000, caughtUp.until());
  }

  @Test
  void shouldStandStillWhileFetchedRecordsWait() {
    // Given
    caughtUp.processed(41);
    look(2_000, 42, 0);

    // When
    look(3_000, 500, 0);
    caughtUp.processed(42);
    look(40_000, 500, 0);

    // Then
    assertEquals(2_000, caughtUp.until());
  }

  @Test
  void shouldReachTheLookWhoseEndIsProcessedWhileMoreComes() {
    // Given
    caughtUp.processed(41);
    look(10_000, 100, 50);

    // When
    caughtUp.processed(149);
    look(20_000, 300, 900);

    // Then
    assertEquals(10_000, caughtUp.until());
  }

  @Test
  void shouldNotWaitForOffsetsThatAreNoRecords() {
    // Given a transaction that ended behind the last record
    caughtUp.processed(41);
    look(10_000, 43, 0);

    // When
    look(11_000, 43, 0);

    // Then
    assertEquals(10_000, caughtUp.until());
  }

  @Test
  void shouldStandStillWhileTheConsumerKnowsNothing() {
    // When
    caughtUp.look(60_000, Optional.empty());

    // Then
    assertEquals(1_000, caughtUp.until());
  }

  @Test
  void shouldGoOnWithoutARecordOfItsOwnOnceTheConsumerIsAtTheEnd() {
    // Given a task that was just restored
    look(10_000, 43, 0);

    // When
    look(11_000, 43, 0);

    // Then
    assertEquals(10_000, caughtUp.until());
  }

  private void look(long nowMillis, long position, long lag) {
    caughtUp.look(nowMillis, Optional.of(new InputProgress.Reading(position, position + lag)));
  }
}
