package io.turnwise.app.evaluate;

import static io.turnwise.app.evaluate.DiarizationErrorTest.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DelaysTest {
  private static final Map<String, String> PARTNERS = Map.of("A", "S1", "B", "S2");
  private static final List<SpeakingTurn> TURNS = SpeakingTurn.of(turns("0.5 3.5 A;4 4 B;8 4 A"));

  @Test
  void shouldMeasureFromTheBeginningOfATurnToTheEventsThatTellIt() {
    // Given
    Events events =
        new Events()
            .changed(0, 500, "S1", 2_000, true)
            .changed(0, 600, "S1", 3_000, false)
            .changed(0, 4_100, "S2", 5_250, true)
            .confirmed("S2", 7_000)
            .changed(0, 7_900, "S1", 9_500, false);

    // When
    Delays delays = Delays.of(TURNS, events.list(), PARTNERS);

    // Then
    assertEquals(new Quantiles(List.of(1_500L, 1_250L, 1_500L)), delays.tentative());
    assertEquals(new Quantiles(List.of(2_500L, 3_000L, 1_500L)), delays.confirmed());
    assertEquals(new Quantiles(List.of(1_500L)), delays.firstWord());
    assertEquals(0, delays.untold());
    assertEquals(0, delays.unconfirmed());
  }

  @Test
  void shouldNotCountAnEventThatNamesSomebodyElseOrAnotherTime() {
    // Given: B is called S3 first, then S2 begins only after the turn
    Events events =
        new Events()
            .changed(0, 500, "S1", 2_000)
            .changed(0, 4_000, "S3", 5_000)
            .changed(0, 8_000, "S2", 9_000);

    // When
    Delays delays = Delays.of(TURNS, events.list(), PARTNERS);

    // Then: nobody tells B's turn, nor A's second
    assertEquals(new Quantiles(List.of(1_500L)), delays.tentative());
    assertEquals(3, delays.turns());
    assertEquals(0, delays.already());
    assertEquals(2.0 / 3, delays.untold(), 1e-9);
  }

  @Test
  void shouldCountACorrectionThatNamesTheRightOne() {
    // Given
    Events events =
        new Events()
            .changed(0, 500, "S1", 2_000)
            .changed(0, 4_000, "S3", 5_000)
            .reassigned(0, 4_000, 8_000, "S3", "S2", 6_000)
            .changed(0, 8_000, "S1", 9_000);

    // When
    Delays delays = Delays.of(TURNS, events.list(), PARTNERS);

    // Then
    assertEquals(new Quantiles(List.of(1_500L, 2_000L, 1_000L)), delays.tentative());
  }

  @Test
  void shouldAskForNoEventWhereTheNameStandsAlready() {
    // Given: a channel for each party
    Events events = new Events().changed(0, 500, "S1", 2_000).changed(1, 4_000, "S2", 5_500);

    // When
    Delays delays = Delays.of(TURNS, events.list(), PARTNERS);

    // Then: A goes on as S1 on a channel of its own
    assertEquals(new Quantiles(List.of(1_500L, 1_500L)), delays.tentative());
    assertEquals(1, delays.already());
    assertEquals(0, delays.untold());
  }

  @Test
  void shouldNotTakeAnEventBeforeATurnForOneThatTellsIt() {
    // Given: S2 is said to begin early, while A still speaks
    Events events = new Events().changed(0, 500, "S1", 2_000).changed(0, 3_000, "S2", 3_900);

    // When
    Delays delays = Delays.of(TURNS, events.list(), PARTNERS);

    // Then
    assertEquals(1, delays.already());
    assertEquals(new Quantiles(List.of(1_500L)), delays.tentative());
    assertEquals(0.5, delays.untold());
  }

  @Test
  void shouldCountSpeakersWhoAreNobodyAsUntold() {
    // When
    Delays delays =
        Delays.of(TURNS, new Events().changed(0, 500, "S1", 2_000).list(), Map.of("A", "S1"));

    // Then: A's first turn is told, its second needs no event, B's is not told
    assertEquals(1, delays.already());
    assertEquals(0.5, delays.untold());
  }

  @Test
  void shouldMeasureTheFirstWordUpToTheFirstEventWhetherItNamesSomebodyOrNot() {
    // Given: a false alarm before the first word, then nobody, then a wrong name
    Events events =
        new Events()
            .changed(0, 0, "S9", 400)
            .changed(0, 300, null, 1_000)
            .changed(0, 500, "S8", 1_900);

    // When
    Delays delays = Delays.of(TURNS, events.list(), PARTNERS);

    // Then
    assertEquals(new Quantiles(List.of(500L)), delays.firstWord());
  }

  @Test
  void shouldHaveNoDelaysWithoutEventsOrTurns() {
    // Then
    assertEquals(1, Delays.of(TURNS, List.of(), PARTNERS).untold());
    assertEquals(Delays.NONE, Delays.of(List.of(), List.of(), PARTNERS));
  }
}
