package io.turnwise.app.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.turnwise.avro.SpeakerChange;
import io.turnwise.serdes.SpeakerTimeline;
import io.turnwise.serdes.SpeakerTimeline.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LabelsTest {
  private static final long OPEN = SpeakerTimeline.OPEN;

  @Test
  void shouldFixTheFirstNameAMomentGot() {
    // Given: S1 is taken back in part
    var events = new Events().changed(0, 0, "S1", 1_500).changed(0, 1_000, "S2", 3_000).list();

    // When
    var first = Labels.firstPublished(events);

    // Then
    assertEquals(
        Map.of(0, List.of(new Interval(0, 1_500, "S1"), new Interval(1_500, OPEN, "S2"))), first);
    assertEquals(
        Map.of(0, List.of(new Interval(0, 1_000, "S1"), new Interval(1_000, OPEN, "S2"))),
        Labels.revised(events));
  }

  @Test
  void shouldLeaveMomentsAfterTheDecisionOpen() {
    // Given: nothing is said between 1.5 and 9 s, and then of 4 s
    var events = new Events().changed(0, 0, "S1", 1_500).changed(0, 4_000, "S2", 9_000).list();

    // When
    var first = Labels.firstPublished(events);

    // Then
    assertEquals(
        Map.of(0, List.of(new Interval(0, 4_000, "S1"), new Interval(4_000, OPEN, "S2"))), first);
  }

  @Test
  void shouldFixNothingByNamingNobody() {
    // Given
    var events =
        new Events()
            .changed(0, 0, null, 1_500)
            .changed(0, 500, "S1", 3_000)
            .changed(0, 4_000, null, 6_000)
            .list();

    // When
    var first = Labels.firstPublished(events);

    // Then
    assertEquals(
        Map.of(
            0,
            List.of(
                new Interval(0, 500, ""),
                new Interval(500, 4_000, "S1"),
                new Interval(4_000, OPEN, ""))),
        first);
  }

  @Test
  void shouldNotBeMendedByCorrections() {
    // Given
    var events =
        new Events()
            .changed(0, 0, "S1", 1_500)
            .changed(0, 2_000, "S2", 3_500)
            .reassigned(0, 0, 1_000, "S1", "S3", 5_000)
            .merged(0, "S2", "S1", 6_000)
            .confirmed("S1", 7_000)
            .list();

    // When
    var first = Labels.firstPublished(events);

    // Then
    assertEquals(
        Map.of(0, List.of(new Interval(0, 2_000, "S1"), new Interval(2_000, OPEN, "S2"))), first);
    assertEquals(
        Map.of(0, List.of(new Interval(0, 1_000, "S3"), new Interval(1_000, OPEN, "S1"))),
        Labels.revised(events));
  }

  @Test
  void shouldNotLetOneChannelsEventsFixAnothers() {
    // Given: channel 0 hears nothing new while channel 1 decides
    var events =
        new Events()
            .changed(0, 0, "S1", 1_500)
            .changed(1, 0, "S2", 8_000)
            .changed(0, 2_000, "S3", 9_000)
            .list();

    // When
    var first = Labels.firstPublished(events);

    // Then
    assertEquals(
        List.of(new Interval(0, 2_000, "S1"), new Interval(2_000, OPEN, "S3")), first.get(0));
    assertEquals(List.of(new Interval(0, OPEN, "S2")), first.get(1));
  }

  @Test
  void shouldApplyAllEventsOfADecisionBeforeTheyFixAnything() {
    // Given: one decision says S1 from 0 on, S2 from 1 s on, that S2 is confirmed, S3 from 2 s on
    var events =
        new Events()
            .changed(0, 0, "S1", 3_000)
            .changed(0, 1_000, "S2", 3_000)
            .confirmed("S2", 3_000)
            .changed(0, 2_000, "S3", 3_000)
            .list();

    // When
    var first = Labels.firstPublished(events);

    // Then
    assertEquals(
        List.of(
            new Interval(0, 1_000, "S1"),
            new Interval(1_000, 2_000, "S2"),
            new Interval(2_000, OPEN, "S3")),
        first.get(0));
  }

  @Test
  void shouldTakeEventsForOneDecisionOnlyWhenTheyFollowOneAnother() {
    // Given: another channel's event between two of the same time
    var events =
        new Events()
            .changed(0, 0, "S1", 3_000)
            .changed(1, 0, "S2", 3_000)
            .changed(0, 1_000, "S3", 3_000)
            .list();

    // When
    var first = Labels.firstPublished(events);

    // Then: S1 was published alone, and fixed up to 3 s
    assertEquals(
        List.of(new Interval(0, 3_000, "S1"), new Interval(3_000, OPEN, "S3")), first.get(0));
  }

  @Test
  void shouldAgreeWithAnArrayOfFramesWhateverComes() {
    for (long seed = 1; seed <= 500; seed++) {
      // Given: twins that hold a name for each frame of 10 ms
      Random random = new Random(seed);
      String[] now = new String[300];
      String[] fixed = new String[300];
      Arrays.fill(now, "");
      Arrays.fill(fixed, "");
      Events written = new Events();
      for (int i = 0; i < 15; i++) {
        int decided = i * 20 + random.nextInt(20);
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
          int at = Math.max(0, decided - random.nextInt(60));
          String speaker = random.nextInt(4) == 0 ? null : "S" + random.nextInt(4);
          written.changed(0, at * 10L, speaker, decided * 10L);
          Arrays.fill(now, at, now.length, speaker == null ? "" : speaker);
          if (random.nextInt(3) == 0) {
            written.merged(0, "S1", "S2", decided * 10L);
          }
        }
        fix(now, fixed, decided);
      }
      fix(now, fixed, now.length);
      List<SpeakerChange> events = written.list();

      // When
      List<Interval> first = Labels.firstPublished(events).get(0);

      // Then
      List<String> read = new ArrayList<>();
      for (int f = 0; f < fixed.length; f++) {
        long at = f * 10L;
        read.add(
            first.stream()
                .filter(label -> label.fromMillis() <= at && at < label.untilMillis())
                .findFirst()
                .orElseThrow()
                .speaker());
      }
      assertEquals(List.of(fixed), read, "seed " + seed);
    }
  }

  private static void fix(String[] now, String[] fixed, int frames) {
    for (int f = 0; f < frames; f++) {
      if (fixed[f].isEmpty()) {
        fixed[f] = now[f];
      }
    }
  }
}
