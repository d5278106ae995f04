package io.turnwise.app.evaluate;

import static io.turnwise.app.evaluate.DiarizationErrorTest.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class BoundariesTest {
  private static final Map<String, String> PARTNERS = Map.of("A", "S1", "B", "S2");

  @Test
  void shouldTakeWhatASpeakerSaysBetweenPausesAsOneTurn() {
    // When
    List<SpeakingTurn> turns = SpeakingTurn.of(turns("3 1 A;0 1 A;4.5 1 B;5 2 B;8 0 A;9 1 A"));

    // Then: what has no length is nothing
    assertEquals(
        List.of(
            new SpeakingTurn("A", 0, 4),
            new SpeakingTurn("B", 4.5, 7),
            new SpeakingTurn("A", 9, 10)),
        turns);
  }

  @Test
  void shouldMeasureChangesToTheRightSpeaker() {
    // When
    Boundaries boundaries =
        of("0 4 A;4 4 B;8 4 A;12 4 B;16 2 A", "0 4.1 S1;4.1 4.2 S2;8.3 3 S1;11.3 4 S2;15.3 2 S1");

    // Then: 100, 300, 700, 700 ms
    assertEquals(new Quantiles(List.of(100L, 300L, 700L, 700L)), boundaries.errors());
    assertEquals(OptionalLong.of(300), boundaries.errors().median());
    assertEquals(OptionalLong.of(700), boundaries.errors().ninetieth());
    assertEquals(0, boundaries.unmatched());
    assertEquals(0, boundaries.invented());
  }

  @Test
  void shouldNotMatchAChangeToSomebodyElseOrTooFarAway() {
    // When: S3 is nobody's partner, and the change to S1 comes 2.01 s late
    Boundaries boundaries = of("0 4 A;4 4 B;8 8 A", "0 4 S1;4 4 S3;10.01 4 S1");

    // Then
    assertEquals(Quantiles.NONE, boundaries.errors());
    assertEquals(1, boundaries.unmatched());
    assertEquals(1, boundaries.invented());
    assertEquals(OptionalLong.empty(), boundaries.errors().median());
  }

  @Test
  void shouldMatchEachChangeOnceAndTheNearestFirst() {
    // Given: S2 begins twice near the one beginning of B
    Boundaries boundaries = of("0 4 A;4 4 B", "0 3 S1;3 0.5 S2;3.5 0.4 S1;3.9 4 S2");

    // Then
    assertEquals(new Quantiles(List.of(100L)), boundaries.errors());
    assertEquals(0, boundaries.unmatched());
    assertEquals(2.0 / 3, boundaries.invented(), 1e-9);
  }

  @Test
  void shouldCountFilesTogetherByTheirChanges() {
    // When
    Boundaries together =
        of("0 4 A;4 4 B", "0 4 S1;4.5 4 S2").plus(of("0 4 A;4 4 B;8 1 A", "0 9 S1"));

    // Then
    assertEquals(new Quantiles(List.of(500L)), together.errors());
    assertEquals(2.0 / 3, together.unmatched(), 1e-9);
    assertEquals(0, together.invented());
  }

  private static Boundaries of(String reference, String hypothesis) {
    return Boundaries.of(
        SpeakingTurn.of(turns(reference)), SpeakingTurn.of(turns(hypothesis)), PARTNERS);
  }
}
