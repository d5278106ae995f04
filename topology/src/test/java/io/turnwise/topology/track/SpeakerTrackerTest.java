package io.turnwise.topology.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DecisionKind;
import io.turnwise.serdes.SpeakerTimeline.Interval;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is published of a call. Each call is followed by a consumer, see {@link FollowedCall}. */
class SpeakerTrackerTest {
  private final FollowedCall call = new FollowedCall();

  @Test
  void shouldSayThatSomebodySpeaksWhenTheFirstSegmentIsHeard() {
    // Given somebody who speaks from 0.5 s on
    SyntheticCall made = new SyntheticCall(1, 1).pause(0.5).turn(0, 1);

    // When
    List<Change> changes = call.hear(made.segments(0));

    // Then
    assertEquals(List.of("CHANGED ? unknown 500"), told(changes));
    assertEquals(DecisionKind.UNKNOWN, changes.get(0).decision());
    assertEquals(-1, changes.get(0).score());
    assertEquals("", changes.get(0).previousSpeaker());
  }

  @Test
  void shouldNameTheFirstVoiceFromItsFirstSpeechOnWhenASecondSegmentAgrees() {
    // Given
    List<Observation> segments = new SyntheticCall(1, 1).pause(0.5).turn(0, 1.75).segments(0);
    call.hear(segments.get(0));

    // When
    List<Change> changes = call.hear(segments.get(1));

    // Then
    assertEquals(List.of("CHANGED ? S1 500"), told(changes));
    assertEquals(DecisionKind.NEW, changes.get(0).decision());
    assertEquals(-1, changes.get(0).score());
    assertEquals("", changes.get(0).previousSpeaker());
    assertEquals(Instant.ofEpochMilli(2250), changes.get(0).capturedAt());
  }

  @Test
  void shouldConfirmAVoiceWhenThereAreThreeSecondsInTwoPlaces() {
    // Given 3 s of speech in full segments once the last of these is heard
    SyntheticCall made = new SyntheticCall(2, 1).turn(0, 2).pause(0.5).turn(0, 2);
    List<Observation> segments = made.segments(0);

    // When
    call.hear(segments.subList(0, segments.size() - 1));
    List<Change> before = call.changes(ChangeType.CONFIRMED);
    List<Change> then = call.hear(segments.get(segments.size() - 1));

    // Then
    assertEquals(List.of(), before);
    assertEquals(List.of("CONFIRMED S1 0"), told(then));
  }

  @Test
  void shouldCountNoPauseOfLessThanAThirdOfASecondAsAnotherPlace() {
    // Given
    SyntheticCall made = new SyntheticCall(2, 1);
    for (int i = 0; i < 20; i++) {
      made.turn(0, 2).pause(0.29);
    }

    // When
    call.hear(made.segments(0));

    // Then
    assertEquals(List.of(), call.changes(ChangeType.CONFIRMED));
  }

  @Test
  void shouldConfirmAVoiceThatComesBackAfterSomebodyElse() {
    // Given
    SyntheticCall made = new SyntheticCall(3, 2).turn(0, 6).turn(1, 6).turn(0, 6);

    // When
    call.hear(made.segments(0));

    // Then
    assertEquals(List.of("CONFIRMED S1 0"), told(call.changes(ChangeType.CONFIRMED)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldGiveOneNameAndNeverConfirmItWhenOneSpeakerGoesOnWithoutAPause(long seed) {
    // Given five minutes, most of which has left the latest segments in the end
    List<Observation> segments = new SyntheticCall(seed, 1).turn(0, 300).segments(0);

    // When
    List<Change> changes = new FollowedCall("seed " + seed).hear(segments);

    // Then one place is not enough, however much there is of it
    assertEquals(List.of("CHANGED ? unknown 0", "CHANGED ? S1 0"), told(changes), "seed " + seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldGiveOneNameWhenOneSpeakerGoesOnForHalfAnHour(long seed) {
    // Given a voice that changes slowly, with pauses
    SyntheticCall made = new SyntheticCall(seed, 2);
    for (int i = 0; i < 60; i++) {
      made.drift(0, 1, 0.15, 12).pause(1).turn(0, 16.4).pause(0.6);
    }

    // When
    FollowedCall call = new FollowedCall("seed " + seed);
    call.hear(made.segments(0));

    // Then
    assertEquals(Set.of("S1"), call.names(), "seed " + seed);
    assertEquals(1, call.changes(ChangeType.CONFIRMED).size(), "seed " + seed);
    assertEquals(0, call.changes(ChangeType.REASSIGNED).size(), "seed " + seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldNeitherNameNorChangeAnybodyWhenSingleSegmentsAreOdd(long seed) {
    // Given
    SyntheticCall made = new SyntheticCall(seed, 1).turn(0, 60);
    List<Observation> segments = new ArrayList<>(made.segments(0));
    for (int odd : new int[] {20, 40, 60}) {
      segments.set(
          odd, SyntheticCall.segment(0, segments.get(odd).span().startMillis(), made.direction()));
    }

    // When
    FollowedCall call = new FollowedCall("seed " + seed);
    List<Change> changes = call.hear(segments);

    // Then
    assertEquals(List.of("CHANGED ? unknown 0", "CHANGED ? S1 0"), told(changes), "seed " + seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldNameVoicesInOrderOfAppearanceAndKnowThemAgain(long seed) {
    // Given
    SyntheticCall made =
        new SyntheticCall(seed, 3).turn(0, 9).turn(1, 9).turn(0, 6).turn(2, 9).turn(1, 6);

    // When
    FollowedCall call = new FollowedCall("seed " + seed);
    call.hear(made.segments(0));

    // Then
    List<Interval> heard = call.timeline().intervals(0);
    assertEquals(
        List.of("S1", "S2", "S1", "S3", "S2"),
        heard.stream().map(Interval::speaker).toList(),
        "seed " + seed);
    long[] truth = {0, 9000, 18000, 24000, 33000};
    for (int i = 0; i < truth.length; i++) {
      assertEquals(truth[i], heard.get(i).fromMillis(), 500, "seed " + seed + ", change " + i);
    }
  }

  @Test
  void shouldTellAKnownVoiceAfterOneSegmentAndBeSureAfterTwo() {
    // Given two who are known, and the first goes on
    SyntheticCall made = new SyntheticCall(4, 2).turn(0, 9).turn(1, 9).turn(0, 9).turn(1, 3);
    List<Observation> segments = made.segments(0);
    call.hear(segments.subList(0, 35));

    // When the second comes back
    call.hear(segments.get(35));
    Change one = call.hear(segments.get(36)).get(0);
    Change two = call.hear(segments.get(37)).get(0);

    // Then
    assertEquals(27_000, segments.get(36).span().startMillis());
    assertEquals(27_000, one.atMillis(), 500);
    assertEquals(
        List.of("CHANGED ? S2 " + one.atMillis(), "CHANGED S2 " + one.atMillis()),
        told(List.of(one, two)));
    assertEquals("S1", one.previousSpeaker());
    assertEquals("S2", two.previousSpeaker(), "whose it was until now");
  }

  @Test
  void shouldTakeATentativeChangeBackWhenTheNextSegmentsRefuteIt() {
    // Given two who are confirmed, and one segment that is nearly as like the one as the
    // other
    SyntheticCall made =
        new SyntheticCall(6, 2).turn(0, 9).turn(1, 9).turn(0, 9).turn(1, 9).turn(0, 15);
    List<Observation> segments = new ArrayList<>(made.segments(0));
    int odd = 58;
    long at = segments.get(odd).span().startMillis();
    segments.set(odd, SyntheticCall.segment(0, at, made.between(0, 1, 0.53)));
    call.hear(segments.subList(0, odd));

    // When
    List<Change> guess = call.hear(segments.get(odd));
    List<Change> then = call.hear(segments.subList(odd + 1, segments.size()));

    // Then what was said is taken back from the same time on, and nothing is left of it
    assertEquals(1, guess.size());
    assertEquals("S2", guess.get(0).speaker());
    assertTrue(guess.get(0).tentative());
    assertEquals("CHANGED S1 " + guess.get(0).atMillis(), told(then).get(0));
    assertEquals("S2", then.get(0).previousSpeaker());
    assertEquals(
        List.of("S1", "S2", "S1", "S2", "S1"),
        call.timeline().intervals(0).stream().map(Interval::speaker).toList());
  }

  @Test
  void shouldNotGuessWhereTheSettingsForbidIt() {
    // Given
    FollowedCall call = new FollowedCall(new SpeakerTracker(sure()), "without guesses");
    SyntheticCall made = new SyntheticCall(4, 2).turn(0, 9).turn(1, 9).turn(0, 9).turn(1, 9);

    // When
    call.hear(made.segments(0));

    // Then every name is given once there are two segments
    assertEquals(
        List.of("S1", "S2", "S1", "S2"),
        call.changes(ChangeType.CHANGED).stream()
            .map(Change::speaker)
            .filter(speaker -> !speaker.isEmpty())
            .toList());
  }

  @Test
  void shouldKeepPartiesOfTwoChannelsTwoPersons() {
    // Given
    SyntheticCall made = new SyntheticCall(13, 2);
    for (int i = 0; i < 10; i++) {
      made.on(0).turn(0, 6).on(1).waitFor(0).turn(1, 5);
      made.on(0).waitFor(1);
    }

    // When
    call.hear(made.segments());

    // Then each has one name on its own channel
    assertEquals(Set.of("S1", "S2"), call.names());
    assertEquals("S1", call.timeline().speakerAt(0, made.end() - 1));
    assertEquals("S2", call.timeline().speakerAt(1, made.end() - 1));
    assertEquals(2, call.timeline().intervals(0).size() + call.timeline().intervals(1).size() - 1);
  }

  @Test
  void shouldNameOneVoiceOnceWhenItIsHeardOnTwoChannels() {
    // Given somebody who goes from one channel to the other
    SyntheticCall made = new SyntheticCall(14, 2).on(0).turn(0, 20).on(1).pause(30).turn(0, 20);

    // When
    call.hear(made.segments());

    // Then
    assertEquals(Set.of("S1"), call.names());
    assertEquals("S1", call.timeline().speakerAt(1, 45_000));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldNoticeWhenACallIsHandedOverToAnotherAgent(long seed) {
    // Given an agent and a caller, and another agent in the agent's place after a minute
    SyntheticCall made = new SyntheticCall(seed, 3);
    for (int i = 0; i < 12; i++) {
      made.on(0).turn(i < 6 ? 0 : 2, 5).on(1).waitFor(0).turn(1, 5);
      made.on(0).waitFor(1);
    }

    // When
    FollowedCall call = new FollowedCall("seed " + seed);
    call.hear(made.segments());

    // Then the second agent has a name of his own, known within 12 s of his speech, from his
    // first words on
    String second = call.timeline().speakerAt(0, 62_000);
    Change first =
        call.changes().stream()
            .filter(change -> change.speaker().equals(second) && change.channel() == 0)
            .findFirst()
            .orElseThrow();
    assertFalse(Set.of("S1", "S2").contains(second), "seed " + seed + ": " + second);
    assertTrue(first.capturedAt().toEpochMilli() <= 60_000 + 22_000, "seed " + seed + ": " + first);
    assertEquals("S1", call.timeline().speakerAt(0, 52_000), "seed " + seed);
    assertEquals(second, call.timeline().speakerAt(0, 112_000), "seed " + seed);
    assertEquals("S2", call.timeline().speakerAt(1, 117_000), "seed " + seed);
  }

  @Test
  void shouldSayInconclusiveWhenAChannelEndsAfterOneSegment() {
    // Given
    call.hear(new SyntheticCall(15, 1).on(3).pause(0.5).turn(0, 1).segments(3));

    // When
    List<Change> last = call.end(3);

    // Then
    assertEquals(1, last.size());
    assertEquals(DecisionKind.INCONCLUSIVE, last.get(0).decision());
    assertEquals(ChangeType.CHANGED, last.get(0).type());
    assertEquals("", last.get(0).speaker());
    assertEquals(500, last.get(0).atMillis());
    assertFalse(last.get(0).tentative());
  }

  @Test
  void shouldSayNothingMoreWhenAChannelEndsOfWhichEverythingWasSaid() {
    // Given
    call.hear(new SyntheticCall(16, 1).turn(0, 60).segments(0));

    // When
    List<Change> last = call.end(0);

    // Then
    assertEquals(List.of(), last);
  }

  @Test
  void shouldForgetTheCallWhenItsLastChannelEnds() {
    // Given
    SyntheticCall made = new SyntheticCall(16, 2).on(0).turn(0, 6).on(1).turn(1, 6);
    call.hear(made.segments());

    // When
    call.end(0);
    boolean forgottenAfterOne = call.state().isEmpty();
    call.end(1);

    // Then
    assertFalse(forgottenAfterOne);
    assertEquals(CallVoices.none(), call.state());
    assertEquals(List.of(), call.end(1), "ending a channel that was not heard changes nothing");
  }

  @Test
  void shouldKnowAVoiceAgainWhoseChannelHasEnded() {
    // Given
    SyntheticCall made = new SyntheticCall(17, 2).on(0).turn(0, 20).on(1).turn(1, 50).turn(0, 9);
    List<Observation> segments = made.segments();
    List<Observation> rest = new ArrayList<>(segments);
    rest.removeIf(segment -> segment.span().endMillis() <= 20_000);
    segments.removeAll(rest);
    call.hear(segments);
    String first = call.timeline().speakerAt(0, 10_000);

    // When
    call.end(0);
    call.hear(rest);

    // Then
    assertEquals(first, call.timeline().speakerAt(1, 55_000));
  }

  private static TrackerSettings sure() {
    TrackerSettings of = TrackerSettings.of(SyntheticCall.THRESHOLD);
    return of.with(of.support(), false, of.confirmSeconds(), of.confirmPlaces(), of.cohort());
  }

  /** Type, whether it is tentative, about whom and from when on. */
  static List<String> told(List<Change> changes) {
    return changes.stream()
        .map(
            change ->
                change.type()
                    + (change.tentative() ? " ? " : " ")
                    + (change.speaker().isEmpty() ? "unknown" : change.speaker())
                    + " "
                    + change.atMillis())
        .toList();
  }
}
