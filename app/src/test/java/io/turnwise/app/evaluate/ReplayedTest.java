package io.turnwise.app.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.turnwise.avro.SpeakerChange;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ReplayedTest {
  private final TreeMap<Integer, SpeechTimeline> speech = new TreeMap<>();

  @Test
  void shouldLoseNoSpeechWhenNobodyWasNamed() {
    // Given
    speech
        .computeIfAbsent(1, channel -> new SpeechTimeline())
        .add(HypothesisTest.segment(0, 10, 40));

    // When
    Replayed replayed = new Replayed(speech, List.of(), 1);

    // Then
    List<Turn> nobody = List.of(new Turn(2, 0.1, 0.3, "unknown"));
    assertEquals(nobody, replayed.revised());
    assertEquals(nobody, replayed.firstPublished());
  }

  @Test
  void shouldTellWhatWasSaidFirstFromWhatIsKnownInTheEnd() {
    // Given
    speech
        .computeIfAbsent(0, channel -> new SpeechTimeline())
        .add(HypothesisTest.segment(0, 0, 150));

    // When
    Replayed replayed =
        new Replayed(
            speech,
            new Events()
                .changed(0, 0, "S1", 1_200)
                .changed(0, 1_000, "S2", 2_500)
                .reassigned(0, 200, 400, "S1", "S2", 9_000)
                .list(),
            1);

    // Then
    assertEquals(
        List.of(
            new Turn(1, 0, 0.2, "S1"),
            new Turn(1, 0.2, 0.2, "S2"),
            new Turn(1, 0.4, 0.6, "S1"),
            new Turn(1, 1, 0.5, "S2")),
        replayed.revised());
    assertEquals(
        List.of(new Turn(1, 0, 1.2, "S1"), new Turn(1, 1.2, 0.3, "S2")), replayed.firstPublished());
  }

  @Test
  void shouldPutTheEventsInTheOrderOfTheirRevisions() {
    // Given
    speech
        .computeIfAbsent(0, channel -> new SpeechTimeline())
        .add(HypothesisTest.segment(0, 0, 150));
    List<SpeakerChange> events =
        new Events().changed(0, 0, "S1", 800).changed(0, 500, "S2", 900).list();

    // When
    Replayed replayed = new Replayed(speech, List.of(events.get(1), events.get(0)), 1);

    // Then
    assertEquals(List.of(new Turn(1, 0, 0.5, "S1"), new Turn(1, 0.5, 1, "S2")), replayed.revised());
  }
}
