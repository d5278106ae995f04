package io.turnwise.app.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DecisionKind;
import io.turnwise.avro.Role;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.topology.segment.Segment;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class HypothesisTest {
  @Test
  void shouldCutSpeechAtChangesAndGiveTheFirstSpeakerWhatCameBefore() {
    // Given
    SpeechTimeline speech = new SpeechTimeline();
    speech.add(segment(0, 20, 100));

    // When
    List<Turn> turns =
        Hypothesis.turns(1, speech, List.of(change(1, 300, "S1"), change(2, 800, "S2")));

    // Then
    assertEquals(List.of(new Turn(2, 0.2, 0.6, "S1"), new Turn(2, 0.8, 0.2, "S2")), turns);
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
        Hypothesis.turns(0, speech, List.of(change(1, 0, "S1"))));
  }

  @Test
  void shouldLoseNoSpeechWhenNobodyWasNamed() {
    // Given
    SpeechTimeline speech = new SpeechTimeline();
    speech.add(segment(0, 10, 40));

    // When
    List<Turn> turns = Hypothesis.turns(0, speech, List.of());

    // Then
    assertEquals(List.of(new Turn(1, 0.1, 0.3, "unknown")), turns);
  }

  private static Segment segment(long startMillis, int from, int to) {
    boolean[] speech = new boolean[150];
    for (int i = from; i < to; i++) {
      speech[i] = true;
    }
    return new Segment(0, startMillis * 16, Segment.SAMPLES, 0, new float[Segment.SAMPLES], speech);
  }

  private static SpeakerChange change(long revision, long at, String speaker) {
    return SpeakerChange.newBuilder()
        .setEventId("e" + revision)
        .setCall("call")
        .setChannel(0)
        .setRole(Role.UNKNOWN)
        .setType(ChangeType.CHANGED)
        .setAtMillis(at)
        .setSpeaker(speaker)
        .setEnrolled(false)
        .setPreviousSpeaker(null)
        .setDecision(DecisionKind.NEW)
        .setScore(0)
        .setMargin(0)
        .setRevision(revision)
        .setCapturedAt(Instant.EPOCH)
        .setModelFingerprint("")
        .build();
  }
}
