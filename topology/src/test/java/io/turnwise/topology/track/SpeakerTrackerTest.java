package io.turnwise.topology.track;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.DecisionKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpeakerTrackerTest {
  private final SpeakerTracker tracker =
      new SpeakerTracker(TrackerSettings.of(SyntheticCall.THRESHOLD));

  private CallVoices call = CallVoices.none();

  @Test
  void shouldPublishFirstVoiceFromItsFirstSpeechWhenTwoSegmentsAgree() {
    // Given
    List<Observation> segments = new SyntheticCall(1, 1).turn(0, 2.25).segments(0);

    // When
    List<Change> afterOne = hear(segments.subList(0, 1));
    List<Change> afterTwo = hear(segments.subList(1, 2));

    // Then
    assertEquals(List.of(), afterOne);
    assertEquals(List.of("S1@0"), told(afterTwo));
    assertEquals(DecisionKind.NEW, afterTwo.get(0).decision());
    assertEquals(-1, afterTwo.get(0).score());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldKeepOneVoiceWhenOneSpeakerGoesOn(long seed) {
    // Given
    List<Observation> segments = new SyntheticCall(seed, 1).turn(0, 300).segments(0);

    // When
    List<Change> changes = hear(segments);

    // Then
    assertEquals(List.of("S1@0"), told(changes), "seed " + seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldNeitherMintNorChangeWhenOneSegmentIsOdd(long seed) {
    // Given
    SyntheticCall made = new SyntheticCall(seed, 1).turn(0, 60);
    List<Observation> segments = new ArrayList<>(made.segments(0));
    for (int odd : new int[] {20, 40, 60}) {
      segments.set(
          odd, SyntheticCall.segment(0, segments.get(odd).span().startMillis(), made.direction()));
    }

    // When
    List<Change> changes = hear(segments);

    // Then
    assertEquals(List.of("S1@0"), told(changes), "seed " + seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldNameVoicesInOrderOfAppearanceAndKnowThemAgain(long seed) {
    // Given
    SyntheticCall made =
        new SyntheticCall(seed, 3).turn(0, 9).turn(1, 9).turn(0, 6).turn(2, 9).turn(1, 6);

    // When
    List<Change> changes = hear(made.segments(0));

    // Then
    assertEquals(
        List.of("S1", "S2", "S1", "S3", "S2"),
        changes.stream().map(Change::speaker).toList(),
        "seed " + seed);
    assertEquals(
        List.of("", "S1", "S2", "S1", "S3"),
        changes.stream().map(Change::previousSpeaker).toList(),
        "seed " + seed);
    long[] truth = {0, 9000, 18000, 24000, 33000};
    for (int i = 0; i < truth.length; i++) {
      assertEquals(truth[i], changes.get(i).atMillis(), 750, "seed " + seed + ", change " + i);
    }
  }

  @Test
  void shouldNumberRevisionsWithoutHolesAndTimesUpwards() {
    // Given
    SyntheticCall made = new SyntheticCall(9, 4);
    Random random = new Random(9);
    for (int i = 0; i < 60; i++) {
      made.turn(random.nextInt(4), 1 + 8 * random.nextDouble());
    }

    // When
    List<Change> changes = hear(made.segments(0));

    // Then
    assertTrue(changes.size() > 20, "the call has many changes");
    assertArrayEquals(
        LongStream.rangeClosed(1, changes.size()).toArray(),
        changes.stream().mapToLong(Change::revision).toArray());
    for (int i = 1; i < changes.size(); i++) {
      assertTrue(changes.get(i).atMillis() > changes.get(i - 1).atMillis(), "change " + i);
      assertNotEquals(changes.get(i).speaker(), changes.get(i - 1).speaker(), "change " + i);
      assertEquals(changes.get(i).previousSpeaker(), changes.get(i - 1).speaker());
    }
  }

  @Test
  void shouldGiveEnrolledVoiceItsId() {
    // Given
    SyntheticCall made = new SyntheticCall(10, 2).turn(0, 9).turn(1, 9);
    EnrolledVoices enrolled =
        EnrolledVoices.of(
            List.of(
                new EnrolledVoices.Enrolled("bob", SyntheticCall.MODEL, made.direction()),
                new EnrolledVoices.Enrolled("alice", SyntheticCall.MODEL, made.voice(1))));

    // When
    List<Change> changes = hear(made.segments(0), enrolled);

    // Then
    assertEquals(List.of("S1", "alice"), changes.stream().map(Change::speaker).toList());
    assertTrue(changes.get(1).enrolled());
    assertFalse(changes.get(0).enrolled());
    assertEquals(DecisionKind.MATCH, changes.get(1).decision());
    assertTrue(changes.get(1).margin() > 0.2, "margin " + changes.get(1).margin());
  }

  @Test
  void shouldNotCompareWithEnrolledVoiceOfAnotherModel() {
    // Given
    SyntheticCall made = new SyntheticCall(11, 1).turn(0, 9);
    EnrolledVoices enrolled =
        EnrolledVoices.of(
            List.of(new EnrolledVoices.Enrolled("alice", "b".repeat(64), made.voice(0))));

    // When
    List<Change> changes = hear(made.segments(0), enrolled);

    // Then
    assertEquals(List.of("S1@0"), told(changes));
  }

  @Test
  void shouldNotNameVoiceWithIdOfSomebodyEnrolled() {
    // Given
    SyntheticCall made = new SyntheticCall(12, 1).turn(0, 9);
    EnrolledVoices enrolled =
        EnrolledVoices.of(
            List.of(new EnrolledVoices.Enrolled("S1", SyntheticCall.MODEL, made.direction())));

    // When
    List<Change> changes = hear(made.segments(0), enrolled);

    // Then
    assertEquals(List.of("S2@0"), told(changes));
  }

  @Test
  void shouldKeepPartiesOfTwoChannelsTwoPersons() {
    // Given
    SyntheticCall made = new SyntheticCall(13, 2);
    List<Observation> agent = made.turn(0, 30).segments(0);
    List<Observation> caller = new SyntheticCall(14, 2).turn(1, 30).segments(1);
    List<Observation> both = new ArrayList<>();
    for (int i = 0; i < agent.size(); i++) {
      both.add(agent.get(i));
      both.add(caller.get(i));
    }

    // When
    List<Change> changes = hear(both);

    // Then
    assertEquals(List.of("S1@0", "S2@0"), told(changes));
    assertEquals(List.of(0, 1), changes.stream().map(Change::channel).toList());
  }

  @Test
  void shouldSayInconclusiveWhenChannelEndsAfterOneSegment() {
    // Given
    hear(new SyntheticCall(15, 1).turn(0, 1.5).segments(3));

    // When
    Tracking end = tracker.close(call, 3, Instant.ofEpochMilli(1500));

    // Then
    assertEquals(1, end.changes().size());
    assertEquals(DecisionKind.INCONCLUSIVE, end.changes().get(0).decision());
    assertEquals("", end.changes().get(0).speaker());
    assertEquals(1, end.changes().get(0).revision());
  }

  @Test
  void shouldForgetCallWhenItsLastChannelEnds() {
    // Given
    hear(new SyntheticCall(16, 1).turn(0, 6).segments(0));
    hear(new SyntheticCall(17, 1).turn(0, 6).segments(1));

    // When
    CallVoices one = tracker.close(call, 0, Instant.EPOCH).after();
    CallVoices none = tracker.close(one, 1, Instant.EPOCH).after();

    // Then
    assertFalse(one.isEmpty());
    assertTrue(none.isEmpty());
    assertEquals(List.of(), none.voices());
    assertEquals(List.of(), tracker.close(none, 1, Instant.EPOCH).changes());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void shouldDecideTheSameWhenRestoredBeforeEverySegment(long seed) {
    // Given
    Random random = new Random(seed);
    SyntheticCall made = new SyntheticCall(seed, 3);
    for (int i = 0; i < 25; i++) {
      made.turn(random.nextInt(3), 1 + 6 * random.nextDouble());
    }
    List<Observation> segments = made.segments(0);

    // When
    List<Change> straight = hear(segments);
    StoredVoices stored = new StoredVoices();
    List<Change> restored = new ArrayList<>();
    for (Observation segment : segments) {
      Tracking tracking = tracker.observe(stored.read(), segment, EnrolledVoices.none());
      restored.addAll(tracking.changes());
      stored.write(tracking.after());
    }

    // Then
    assertTrue(straight.size() > 5, "seed " + seed + ": the call has changes");
    assertEquals(straight, restored, "seed " + seed);
  }

  @Test
  void shouldKeepStateFlatWhenCallIsLong() {
    // Given
    SyntheticCall made = new SyntheticCall(18, 4);
    for (int i = 0; i < 400; i++) {
      made.turn(i % 4, 5);
    }

    // When
    hear(made.segments(0));

    // Then
    StoredVoices stored = new StoredVoices();
    stored.write(call);
    assertTrue(stored.bytes() < 16 * 1024, stored.bytes() + " bytes");
  }

  private List<Change> hear(List<Observation> segments) {
    return hear(segments, EnrolledVoices.none());
  }

  private List<Change> hear(List<Observation> segments, EnrolledVoices enrolled) {
    List<Change> changes = new ArrayList<>();
    for (Observation segment : segments) {
      Tracking tracking = tracker.observe(call, segment, enrolled);
      call = tracking.after();
      changes.addAll(tracking.changes());
    }
    return changes;
  }

  private static List<String> told(List<Change> changes) {
    return changes.stream().map(change -> change.speaker() + "@" + change.atMillis()).toList();
  }
}
