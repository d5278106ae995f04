package io.turnwise.app.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LongCallTest {
  private static final long MOST_BYTES = 64 * 1024;

  @Test
  void shouldKeepATwoHourCallOfEightPeopleWithinBounds() {
    // When
    LongCall shortCall = LongCall.of(600, 64, 8, 1);
    LongCall longCall = LongCall.of(7_200, 64, 8, 1);

    // Then: how long it takes is not the question here
    assertTrue(longCall.segments() > 8_000, longCall.toString());
    assertTrue(
        longCall.stateBytes() > 0 && longCall.stateBytes() <= MOST_BYTES, longCall.toString());
    assertTrue(longCall.speakers() >= 8 && longCall.speakers() <= 10, longCall.toString());
    assertTrue(
        longCall.eventsPerMinute() < 3 * shortCall.eventsPerMinute() + 1, longCall.toString());
  }

  @Test
  void shouldCountTheSameOfTheSameCall() {
    // When
    LongCall one = LongCall.of(300, 64, 3, 7);
    LongCall other = LongCall.of(300, 64, 3, 7);

    // Then: a call shorter than ten minutes is all end
    assertEquals(one.stateBytes(), other.stateBytes());
    assertEquals(one.events(), other.events());
    assertEquals(one.events(), one.eventsAtEnd());
    assertEquals(one.eventsPerMinute(), one.eventsPerMinuteAtEnd(), 1e-9);
  }
}
