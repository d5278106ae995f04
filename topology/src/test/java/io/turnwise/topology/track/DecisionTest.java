package io.turnwise.topology.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.topology.track.Decision.Inconclusive;
import io.turnwise.topology.track.Decision.Match;
import io.turnwise.topology.track.Decision.NewVoice;
import io.turnwise.topology.track.Decision.Reason;
import io.turnwise.topology.track.Decision.Unknown;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What each segment says, whatever is published. */
class DecisionTest {
  private final FollowedCall call = new FollowedCall();

  @Test
  void shouldNameNobodyByTheFirstSegmentAndANewVoiceByTheSecond() {
    // Given
    List<Observation> segments = new SyntheticCall(1, 1).turn(0, 3).segments(0);

    // When
    List<Decision> decisions = decisions(segments);

    // Then
    assertEquals(new Unknown(-1), decisions.get(0));
    assertEquals(new NewVoice("S1", -1), decisions.get(1));
    Match match = assertInstanceOf(Match.class, decisions.get(2));
    assertEquals("S1", match.speaker());
    assertTrue(match.score() > 0.7, match.toString());
    assertEquals(match.score() + 1, match.margin(), 1e-9, "there is no runner-up");
    assertTrue(Double.isNaN(match.logLikelihoodRatio()));
  }

  @Test
  void shouldTellTheMarginToTheRunnerUp() {
    // Given
    SyntheticCall made = new SyntheticCall(2, 2).turn(0, 12).turn(1, 12);

    // When
    List<Decision> decisions = decisions(made.segments(0));

    // Then
    Match match = assertInstanceOf(Match.class, decisions.get(decisions.size() - 1));
    assertEquals("S2", match.speaker());
    assertTrue(match.margin() > 0.2 && match.margin() < 0.8, match.toString());
  }

  @Test
  void shouldSayNewVoiceOnceForEachVoice() {
    // Given
    SyntheticCall made = new SyntheticCall(3, 3).turn(0, 9).turn(1, 9).turn(2, 9).turn(0, 9);

    // When
    List<Decision> decisions = decisions(made.segments(0));

    // Then
    assertEquals(
        List.of("S1", "S2", "S3"),
        decisions.stream()
            .filter(NewVoice.class::isInstance)
            .map(decision -> ((NewVoice) decision).minted())
            .toList());
  }

  @Test
  void shouldSayNothingOfASegmentThatOnlyLeaksOver() {
    // Given
    SyntheticCall made = new SyntheticCall(4, 1);
    made.on(0).turn(0, 6).on(1).at(SyntheticCall.LEVEL_DB - 30).turn(0, 6);

    // When
    List<Decision> decisions = decisions(made.segments());

    // Then each second one is the other channel's
    assertInstanceOf(Match.class, decisions.get(decisions.size() - 2));
    assertEquals(new Inconclusive(Reason.TOO_LITTLE_SPEECH), decisions.get(decisions.size() - 1));
  }

  @Test
  void shouldSayThatNothingWasHeardWhenAChannelEnds() {
    // Given
    SpeakerTracker tracker = new SpeakerTracker(TrackerSettings.of(SyntheticCall.THRESHOLD));

    // When
    Tracking end = tracker.close(CallVoices.none(), 0, Instant.EPOCH);

    // Then
    assertEquals(new Inconclusive(Reason.NOTHING_HEARD), end.decision());
  }

  private List<Decision> decisions(List<Observation> segments) {
    List<Decision> decisions = new ArrayList<>();
    for (Observation segment : segments) {
      call.hear(segment);
      decisions.add(call.decision());
    }
    return decisions;
  }
}
