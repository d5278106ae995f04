package io.turnwise.topology.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the tracker keeps of a call: all that decides, and little. */
class CallStateTest {
  private static final int MOST = 64 * 1024;

  private final SpeakerTracker tracker =
      new SpeakerTracker(TrackerSettings.of(SyntheticCall.THRESHOLD));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void shouldDecideTheSameWhenItIsRestoredFromBytesBeforeEverySegment(long seed) {
    // Given two channels, leaks, pauses and long memories
    List<Observation> segments = busy(seed);

    // When
    List<Tracking> straight = hear(segments, false);
    List<Tracking> restored = hear(segments, true);

    // Then
    assertEquals(straight.size(), restored.size());
    for (int i = 0; i < straight.size(); i++) {
      assertEquals(straight.get(i).changes(), restored.get(i).changes(), "seed " + seed);
      assertEquals(straight.get(i).decision(), restored.get(i).decision(), "seed " + seed);
    }
    StoredVoices one = StoredVoices.of(straight.get(straight.size() - 1).after());
    StoredVoices other = StoredVoices.of(restored.get(restored.size() - 1).after());
    assertEquals(one, other, "seed " + seed);
  }

  @Test
  void shouldSayTheSameWhenItHearsTheSameAgain() {
    // Given
    List<Observation> segments = busy(9);

    // When
    List<Tracking> first = hear(segments, false);
    List<Tracking> second = hear(segments, false);

    // Then
    assertEquals(
        first.stream().map(Tracking::changes).toList(),
        second.stream().map(Tracking::changes).toList());
  }

  @Test
  void shouldNeedAtMost64KilobytesForTwoHoursOfEightSpeakersOnOneChannel() {
    // Given a call that somebody speaks in for a third of the time
    Random random = new Random(18);
    SyntheticCall made = new SyntheticCall(18, 8, 256, 0.2, 0.7);
    while (made.end() < 7_200_000) {
      made.turn(random.nextInt(8), 2 + 6 * random.nextDouble()).pause(10);
    }

    // When
    CallVoices call = CallVoices.none();
    int most = 0;
    for (Observation segment : made.segments(0)) {
      call = tracker.observe(call, segment, EnrolledVoices.none()).after();
      if (call.revision() % 50 == 0) {
        most = Math.max(most, StoredVoices.of(call).bytes());
      }
    }
    most = Math.max(most, StoredVoices.of(call).bytes());

    // Then
    int bytes = most;
    assertTrue(bytes <= MOST, () -> bytes + " bytes");
    assertTrue(bytes > MOST / 4, () -> bytes + " bytes: the call fills its memory");
  }

  @Test
  void shouldNeedNoMoreAfterADayThanAfterAQuarterOfIt() {
    // Given a call on hold most of the time, on two channels
    Random random = new Random(19);
    SyntheticCall made = new SyntheticCall(19, 8, 32, 0.2, 0.7);
    while (made.end() < 86_400_000) {
      made.on(0).turn(random.nextInt(4), 3 + 3 * random.nextDouble()).pause(150);
      made.on(1).waitFor(0).turn(4 + random.nextInt(4), 3 + 3 * random.nextDouble()).pause(40);
      made.on(0).waitFor(1);
    }

    // When
    FollowedCall call = new FollowedCall("a day");
    int afterSixHours = 0;
    for (Observation segment : made.segments()) {
      if (afterSixHours == 0 && segment.span().startMillis() > 21_600_000) {
        afterSixHours = StoredVoices.of(call.state()).bytes();
      }
      call.hear(segment);
    }

    // Then
    int afterADay = StoredVoices.of(call.state()).bytes();
    int before = afterSixHours;
    assertTrue(afterADay <= 1.1 * before, () -> before + " and then " + afterADay + " bytes");
    assertTrue(call.mostPassages() <= Call.PASSAGES, () -> call.mostPassages() + " passages");
  }

  private List<Tracking> hear(List<Observation> segments, boolean restored) {
    CallVoices call = CallVoices.none();
    List<Tracking> heard = new ArrayList<>();
    for (Observation segment : segments) {
      Tracking tracking = tracker.observe(call, segment, EnrolledVoices.none());
      heard.add(tracking);
      call = restored ? StoredVoices.of(tracking.after()).read() : tracking.after();
    }
    return heard;
  }

  private static List<Observation> busy(long seed) {
    Random random = new Random(seed);
    SyntheticCall made = new SyntheticCall(seed, 4);
    for (int i = 0; i < 25; i++) {
      made.on(0).turn(random.nextInt(3), 1 + 6 * random.nextDouble());
      made.on(1).waitFor(0).turn(3, 1 + 4 * random.nextDouble());
      made.on(0).at(-48).turn(3, 3).at(SyntheticCall.LEVEL_DB).pause(random.nextDouble());
    }
    return made.segments();
  }
}
