package io.turnwise.topology.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DecisionKind;
import io.turnwise.inference.calibration.Calibration;
import io.turnwise.inference.calibration.Channel;
import io.turnwise.topology.track.EnrolledVoices.Enrolled;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Enrolled voices are known by their ids. */
class RecognitionTest {
  private static final TrackerSettings SETTINGS = TrackerSettings.of(SyntheticCall.THRESHOLD);

  private final SyntheticCall made = new SyntheticCall(10, 3);

  @Test
  void shouldGiveAnEnrolledVoiceItsIdWhenItIsNamed() {
    // Given
    made.turn(0, 9).turn(1, 9);
    FollowedCall call = new FollowedCall().enrolled(alice(1), enrolled("bob", made.direction()));

    // When
    call.hear(made.segments(0));

    // Then
    Change first = firstOf(call, "alice");
    assertEquals(Set.of("S1", "alice"), call.names());
    assertEquals(ChangeType.CHANGED, first.type());
    assertEquals(DecisionKind.MATCH, first.decision());
    assertTrue(first.enrolled());
    assertTrue(first.margin() > 0.2, "margin " + first.margin());
    assertTrue(call.changes().stream().noneMatch(c -> c.enrolled() != c.speaker().equals("alice")));
  }

  @Test
  void shouldMergeTheCallsOwnNameIntoTheIdWhenAVoiceIsEnrolledInMidCall() {
    // Given somebody who is confirmed under a name of the call's own
    made.turn(0, 4).pause(1).turn(0, 10).turn(1, 6).turn(0, 9);
    List<Observation> segments = made.segments(0);
    FollowedCall call = new FollowedCall();
    call.hear(segments.subList(0, 15));

    // When
    call.enrolled(alice(0));
    List<Change> changes = call.hear(segments.get(15));
    call.hear(segments.subList(16, segments.size()));

    // Then the id is confirmed at once, by what was known before
    assertEquals(
        List.of("MERGED ? alice 0", "CONFIRMED alice 0"), SpeakerTrackerTest.told(changes));
    assertEquals("S1", changes.get(0).previousSpeaker());
    assertTrue(changes.get(0).enrolled());
    assertTrue(changes.get(0).score() > 0.6, "score " + changes.get(0).score());
    assertEquals(Set.of("alice", "S2"), call.standing());
    assertEquals("alice", call.timeline().speakerAt(0, 2_000));
    assertEquals("alice", call.timeline().speakerAt(0, 26_000));
  }

  @Test
  void shouldNotCompareWithAnEnrolledVoiceOfAnotherModel() {
    // Given
    made.turn(0, 9);
    FollowedCall call =
        new FollowedCall().enrolled(new Enrolled("alice", "b".repeat(64), made.voice(0)));

    // When
    call.hear(made.segments(0));

    // Then
    assertEquals(Set.of("S1"), call.names());
  }

  @Test
  void shouldKnowNobodyWhenTwoEnrolledVoicesAreAboutAsNear() {
    // Given
    made.turn(0, 9);
    FollowedCall call =
        new FollowedCall()
            .enrolled(enrolled("alice", made.voice(0)), enrolled("bob", made.between(0, 1, 0.05)));

    // When
    call.hear(made.segments(0));

    // Then
    assertEquals(Set.of("S1"), call.names());
  }

  @Test
  void shouldKnowNobodyWhenTheNearestEnrolledVoiceIsNotNearEnough() {
    // Given
    made.turn(0, 9);
    FollowedCall call = new FollowedCall().enrolled(alice(1));

    // When
    call.hear(made.segments(0));

    // Then
    assertEquals(Set.of("S1"), call.names());
  }

  @Test
  void shouldKnowAnEnrolledVoiceOnEveryChannel() {
    // Given
    made.on(0).turn(0, 9).on(1).pause(12).turn(0, 9);
    FollowedCall call = new FollowedCall().enrolled(alice(0));

    // When
    call.hear(made.segments());

    // Then
    assertEquals(Set.of("alice"), call.names());
  }

  @Test
  void shouldNotNameAVoiceWithTheIdOfSomebodyEnrolled() {
    // Given
    made.turn(0, 9);
    FollowedCall call = new FollowedCall().enrolled(enrolled("S1", made.direction()));

    // When
    call.hear(made.segments(0));

    // Then
    assertEquals(Set.of("S2"), call.names());
  }

  @Test
  void shouldDecideByTheRatioWhereTheModelIsCalibrated() {
    // Given two calibrations by which the same cosines mean an enrolled voice, and another
    made.turn(0, 9);
    SpeakerTracker sure = new SpeakerTracker(SETTINGS, calibration(-5));
    SpeakerTracker doubtful = new SpeakerTracker(SETTINGS, calibration(-30));

    // When
    FollowedCall known = new FollowedCall(sure, "sure").enrolled(alice(0));
    FollowedCall unknown = new FollowedCall(doubtful, "doubtful").enrolled(alice(0));
    known.hear(made.segments(0));
    unknown.hear(made.segments(0));

    // Then
    assertEquals(Set.of("alice"), known.names());
    assertEquals(Set.of("S1"), unknown.names());
  }

  @Test
  void shouldTellTheRatioOfAChangeWhereTheModelIsCalibrated() {
    // Given
    made.turn(0, 12).turn(1, 12).turn(0, 12);
    FollowedCall call = new FollowedCall(new SpeakerTracker(SETTINGS, calibration(-5)), "");

    // When
    call.hear(made.segments(0));

    // Then a voice that comes back is compared with what was known of it
    List<Change> matches =
        call.changes(ChangeType.CHANGED).stream()
            .filter(change -> change.decision() == DecisionKind.MATCH)
            .toList();
    assertFalse(matches.isEmpty());
    for (Change match : matches) {
      assertTrue(match.logLikelihoodRatio() > 3, match.toString());
    }
  }

  private static Change firstOf(FollowedCall call, String speaker) {
    return call.changes().stream()
        .filter(change -> change.speaker().equals(speaker))
        .findFirst()
        .orElseThrow();
  }

  /** Ratio 20 x cosine and so much, through a telephone 10 x cosine. */
  static Calibration calibration(double intercept) {
    return Calibration.of(
        new float[0],
        Arrays.stream(Channel.values())
            .map(
                channel ->
                    new Calibration.Point(
                        channel, 1.5, channel == Channel.TELEPHONE ? 10 : 20, intercept))
            .toList());
  }

  private Enrolled alice(int speaker) {
    return enrolled("alice", made.voice(speaker));
  }

  private static Enrolled enrolled(String speakerId, float[] voice) {
    return new Enrolled(speakerId, SyntheticCall.MODEL, voice);
  }
}
