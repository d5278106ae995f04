package io.turnwise.topology.track;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class BoundaryTest {
  @Test
  void shouldLieHalfWayBetweenTheMiddlesWhenThereIsNoPause() {
    // Given
    List<Span> older = List.of(new Span(0, 1500));
    List<Span> newer = List.of(new Span(750, 2250));

    // When
    long boundary = Boundary.between(older, newer);

    // Then
    assertEquals(1125, boundary);
  }

  @Test
  void shouldSnapToOnsetAfterPauseWhenThereIsOneBetweenTheMiddles() {
    // Given
    List<Span> older = List.of(new Span(0, 900), new Span(1200, 1500));
    List<Span> newer = List.of(new Span(750, 900), new Span(1200, 2250));

    // When
    long boundary = Boundary.between(older, newer);

    // Then
    assertEquals(1200, boundary);
  }

  @Test
  void shouldBeginWithNewSpeechWhenSilenceLiesBetweenTheSegments() {
    // Given
    List<Span> older = List.of(new Span(0, 1400));
    List<Span> newer = List.of(new Span(5100, 6000));

    // When
    long boundary = Boundary.between(older, newer);

    // Then
    assertEquals(5100, boundary);
  }
}
