package io.turnwise.app.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.turnwise.serdes.SpeakerTimeline;
import io.turnwise.serdes.SpeakerTimeline.Interval;
import io.turnwise.topology.segment.Segment;
import java.util.List;
import org.junit.jupiter.api.Test;

class HypothesisTest {
  @Test
  void shouldCutSpeechWhereTheLabelChanges() {
    // Given
    SpeechTimeline speech = new SpeechTimeline();
    speech.add(segment(0, 20, 100));

    // When
    List<Turn> turns =
        Hypothesis.turns(
            1,
            speech,
            List.of(
                new Interval(0, 300, ""),
                new Interval(300, 800, "S1"),
                new Interval(800, SpeakerTimeline.OPEN, "S2")));

    // Then
    assertEquals(
        List.of(
            new Turn(2, 0.2, 0.1, "unknown"),
            new Turn(2, 0.3, 0.5, "S1"),
            new Turn(2, 0.8, 0.2, "S2")),
        turns);
  }

  @Test
  void shouldBelieveTheLatestSegmentAboutAFrame() {
    // Given
    SpeechTimeline speech = new SpeechTimeline();
    speech.add(segment(0, 0, 150));

    // When
    speech.add(segment(750, 30, 60));

    // Then
    assertEquals(
        List.of(new Turn(1, 0, 0.75, "S1"), new Turn(1, 1.05, 0.3, "S1")),
        Hypothesis.turns(0, speech, List.of(new Interval(0, SpeakerTimeline.OPEN, "S1"))));
  }

  static Segment segment(long startMillis, int from, int to) {
    boolean[] speech = new boolean[150];
    for (int i = from; i < to; i++) {
      speech[i] = true;
    }
    return new Segment(
        0, startMillis * 16, Segment.SAMPLES, 0, Segment.RATE, new float[Segment.SAMPLES], speech);
  }
}
