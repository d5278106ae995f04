package io.turnwise.topology.order;

import static io.turnwise.topology.order.Interleaving.ended;
import static io.turnwise.topology.order.Interleaving.progress;
import static io.turnwise.topology.order.Interleaving.spoken;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.SpeakerEmbedding;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CallOrderTest {
  private static final OrderRules RULES = new OrderRules(3500, true);

  private final CallOrder order = CallOrder.open(RULES);

  @Test
  void shouldGiveOutAtOnceWhenThereIsOneChannel() {
    // Given
    hear(progress(0, 0, 1480));

    // When
    List<Arrival> given = hear(spoken(0, 1500));

    // Then
    assertEquals(List.of(spoken(0, 1500)), given);
  }

  @Test
  void shouldWaitForTheOtherChannelUntilItHasComeAsFar() {
    // Given
    hear(progress(0, 0, 20));
    hear(progress(1, 0, 20));

    // When
    List<Arrival> before = hear(spoken(0, 1500), progress(1, 20, 1499));
    List<Arrival> after = hear(progress(1, 1499, 1500));

    // Then
    assertEquals(List.of(), before);
    assertEquals(List.of(spoken(0, 1500)), after);
  }

  @Test
  void shouldGiveOutTheLowerChannelFirstWhenSegmentsEndTogether() {
    // Given
    hear(progress(0, 0, 20), progress(1, 0, 20));

    // When the higher one comes first
    List<Arrival> early = hear(spoken(1, 1500));
    List<Arrival> given = hear(spoken(0, 1500));

    // Then
    assertEquals(List.of(), early);
    assertEquals(List.of(spoken(0, 1500), spoken(1, 1500)), given);
  }

  @Test
  void shouldNotHoldSegmentBackForAnotherAtTheSameTimeOnALowerChannelThatIsSilentThere() {
    // Given
    hear(progress(0, 0, 1500), progress(1, 0, 1480));

    // When
    List<Arrival> given = hear(spoken(1, 1500));

    // Then
    assertEquals(List.of(spoken(1, 1500)), given);
  }

  @Test
  void shouldGiveOutEndsAfterSegmentsOfTheSameTimeAndInTheOrderOfTheirChannels() {
    // Given
    hear(progress(0, 0, 1500), progress(1, 0, 1490));

    // When
    List<Arrival> given = hear(ended(1, 1500), spoken(0, 1500), ended(0, 1500));

    // Then
    assertEquals(List.of(spoken(0, 1500), ended(0, 1500), ended(1, 1500)), given);
    assertTrue(order.isOver());
  }

  @Test
  void shouldNotWaitForAChannelThatHasEnded() {
    // Given
    hear(progress(0, 0, 20), progress(1, 0, 20));
    hear(ended(1, 300), progress(0, 20, 320));

    // When
    List<Arrival> given = hear(spoken(0, 1500));

    // Then
    assertEquals(List.of(spoken(0, 1500)), given);
  }

  @Test
  void shouldGiveOutInOrderWhenAllChannelsPause() {
    // Given
    hear(progress(0, 0, 1400), progress(1, 0, 1300));

    // When
    List<Arrival> given = hear(spoken(0, 1400), new Arrival.Paused(0), spoken(1, 1300));
    List<Arrival> paused = hear(new Arrival.Paused(1));

    // Then
    assertEquals(List.of(spoken(1, 1300)), given);
    assertEquals(List.of(spoken(0, 1400)), paused);
    assertFalse(order.isOver());
  }

  @Test
  void shouldWaitAgainWhenAPausedChannelComesBack() {
    // Given
    hear(progress(0, 0, 1400), progress(1, 0, 1400), new Arrival.Paused(1));
    List<Arrival> alone = hear(spoken(0, 1500), progress(0, 1400, 1520));

    // When
    hear(progress(1, 1400, 1420));
    List<Arrival> together = hear(spoken(0, 2250));

    // Then
    assertEquals(List.of(spoken(0, 1500)), alone);
    assertEquals(List.of(), together);
  }

  @Test
  void shouldGiveUpOnAChannelThatFallsBehindButNotLoseWhatItBringsLater() {
    // Given a channel that stands still at 1 s
    hear(progress(0, 0, 1000), progress(1, 0, 1000), spoken(0, 1500), progress(0, 1000, 4500));

    // When
    List<Arrival> atTheLag = hear(progress(0, 4500, 4520));
    int givenUp = order.hear(progress(0, 4520, 4540));
    List<Arrival> beyond = drain();
    List<Arrival> straight = hear(spoken(0, 5250));
    List<Arrival> late = hear(spoken(1, 1050), progress(1, 1000, 1060));

    // Then
    assertEquals(List.of(), atTheLag);
    assertEquals(1, givenUp);
    assertEquals(List.of(spoken(0, 1500)), beyond);
    assertEquals(List.of(spoken(0, 5250)), straight);
    assertEquals(List.of(spoken(1, 1050)), late);
  }

  @Test
  void shouldWaitAgainWhenAChannelThatWasGivenUpOnHasCaughtUp() {
    // Given
    hear(progress(0, 0, 5000), progress(1, 0, 20), progress(0, 5000, 5020));
    List<Arrival> alone = hear(spoken(0, 5250));

    // When
    hear(progress(1, 20, 5000));
    List<Arrival> together = hear(spoken(0, 6000));

    // Then
    assertEquals(List.of(spoken(0, 5250)), alone);
    assertEquals(List.of(), together);
  }

  @Test
  void shouldNotGiveUpOnAChannelBecauseTheOthersCameInOneLongChunk() {
    // Given
    hear(progress(0, 0, 20), progress(1, 0, 20));

    // When
    List<Arrival> given = hear(spoken(0, 1500), spoken(0, 30_000), progress(0, 20, 30_000));
    List<Arrival> both = hear(spoken(1, 1500), progress(1, 20, 30_000));

    // Then
    assertEquals(List.of(), given);
    assertEquals(List.of(spoken(0, 1500), spoken(1, 1500), spoken(0, 30_000)), both);
  }

  @Test
  void shouldKeepTheOrderOfAChannelWhateverItsTimes() {
    // Given
    hear(progress(0, 0, 20), progress(1, 0, 20));

    // When
    hear(spoken(0, 3000), spoken(0, 1500));
    List<Arrival> given = hear(progress(1, 20, 3000));

    // Then
    assertEquals(List.of(spoken(0, 3000), spoken(0, 1500)), given);
  }

  @Test
  void shouldLetNothingWaitFromBeforeWhenAChannelBeginsAgain() {
    // Given an end that waits for the other channel
    hear(progress(0, 0, 3000), progress(1, 0, 20));
    List<Arrival> waits = hear(ended(0, 3000));

    // When
    List<Arrival> given = hear(progress(0, 0, 20));

    // Then
    assertEquals(List.of(), waits);
    assertEquals(List.of(ended(0, 3000)), given);
  }

  @Test
  void shouldPassOnTheEndOfAChannelNobodyKnows() {
    assertEquals(List.of(ended(7, 10)), hear(ended(7, 10)));
    assertTrue(order.isOver());
  }

  @Test
  void shouldHoldEverythingBackByTheLagWhenChannelsAreNotAnnounced() {
    // Given
    CallOrder embeddings = CallOrder.open(new OrderRules(3500, false));

    // When
    List<Arrival> first = hear(embeddings, spoken(0, 1500), spoken(0, 4999));
    List<Arrival> second = hear(embeddings, spoken(1, 1400), spoken(0, 5000));

    // Then a channel that was not known before is in its place
    assertEquals(List.of(), first);
    assertEquals(List.of(spoken(1, 1400), spoken(0, 1500)), second);

    // And what is left comes with the last end
    assertEquals(
        List.of(spoken(0, 4999), spoken(0, 5000), ended(0, 5000), ended(1, 5000)),
        hear(embeddings, ended(1, 5000), ended(0, 5000)));
  }

  @Test
  void shouldGiveOutWhatWaitsWhenTheCallHasGoneSilent() {
    // Given
    CallOrder embeddings = CallOrder.open(new OrderRules(3500, false));
    hear(embeddings, spoken(0, 1500), spoken(1, 1400));

    // When
    List<Arrival> given = hear(embeddings, new Arrival.CallPaused());

    // Then
    assertEquals(List.of(spoken(1, 1400), spoken(0, 1500)), given);
    assertFalse(embeddings.isOver());
  }

  @Test
  void shouldWaitForEveryGapThatIsFilledAndEveryChunkWithinTheHorizon() {
    assertEquals(3500, OrderRules.of(1000, 2000, true).lagMillis());
    assertEquals(8500, OrderRules.of(4000, 2000, true).lagMillis());
  }

  @Test
  void shouldRefuseProgressThatGoesBack() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> progress(0, 20, 10));

    assertTrue(refused.getMessage().contains("fromMillis: 20"), refused::getMessage);
  }

  private List<Arrival> hear(Arrival... arrivals) {
    return hear(order, arrivals);
  }

  @Test
  void shouldHoldBackNoMoreThanItMay() {
    // Given embeddings of 60,000 values at one place, before anything lets them go
    CallOrder order = CallOrder.open(new OrderRules(3500, false));
    SpeakerEmbedding large =
        SpeakerEmbedding.newBuilder(spoken(0, 1000).embedding())
            .setVector(Collections.nCopies(60_000, 1f))
            .build();

    // When
    int given = 0;
    int most = 0;
    for (int i = 0; i < 200; i++) {
      order.hear(new Arrival.Spoken(large));
      given += drain(order).size();
      most = Math.max(most, order.waiting().size());
    }

    // Then 16 MiB wait at most, and nothing is lost
    assertEquals((4 << 20) / 60_064, most);
    assertEquals(200, given + order.waiting().size());
  }

  private static List<Arrival> hear(CallOrder order, Arrival... arrivals) {
    List<Arrival> given = new ArrayList<>();
    for (Arrival arrival : arrivals) {
      order.hear(arrival);
      given.addAll(drain(order));
    }
    return given;
  }

  private List<Arrival> drain() {
    return drain(order);
  }

  private static List<Arrival> drain(CallOrder order) {
    List<Arrival> given = new ArrayList<>();
    Optional<CallOrder.Waiting> due = order.next();
    while (due.isPresent()) {
      given.add(due.get().event());
      due = order.next();
    }
    return given;
  }
}
