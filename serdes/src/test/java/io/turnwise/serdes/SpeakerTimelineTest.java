package io.turnwise.serdes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DecisionKind;
import io.turnwise.avro.Role;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.serdes.SpeakerTimeline.Interval;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpeakerTimelineTest {
  private static final String CALL = "call";
  private static final long OPEN = SpeakerTimeline.OPEN;

  private final SpeakerTimeline timeline = new SpeakerTimeline(CALL);

  @Test
  void shouldNameNobodyBeforeTheFirstEvent() {
    // Then
    assertEquals(List.of(new Interval(0, OPEN, "")), timeline.intervals(0));
    assertEquals("", timeline.speakerAt(3, 5_000));
    assertEquals(Set.of(), timeline.channels());
    assertEquals(0, timeline.revision());
  }

  @Test
  void shouldLetASpeakerGoOnUntilSaidOtherwise() {
    // When
    timeline.apply(changed(1, 0, 500, "S1"));
    timeline.apply(changed(2, 0, 4_000, "S2"));

    // Then
    assertEquals(
        List.of(
            new Interval(0, 500, ""),
            new Interval(500, 4_000, "S1"),
            new Interval(4_000, OPEN, "S2")),
        timeline.intervals(0));
    assertEquals("", timeline.speakerAt(0, 499));
    assertEquals("S1", timeline.speakerAt(0, 500));
    assertEquals("S2", timeline.speakerAt(0, Long.MAX_VALUE));
    assertEquals(2, timeline.revision());
  }

  @Test
  void shouldReplaceAllThatWasSaidFromAChangeOn() {
    // Given
    timeline.apply(changed(1, 0, 0, "S1"));
    timeline.apply(changed(2, 0, 4_000, "S2"));
    timeline.apply(changed(3, 0, 9_000, "S3"));

    // When
    timeline.apply(changed(4, 0, 3_000, "S4"));

    // Then
    assertEquals(
        List.of(new Interval(0, 3_000, "S1"), new Interval(3_000, OPEN, "S4")),
        timeline.intervals(0));
  }

  @Test
  void shouldNameNobodyFromAChangeToNobodyOn() {
    // Given
    timeline.apply(changed(1, 0, 0, "S1"));

    // When
    timeline.apply(changed(2, 0, 2_000, null));

    // Then
    assertEquals(
        List.of(new Interval(0, 2_000, "S1"), new Interval(2_000, OPEN, "")),
        timeline.intervals(0));
  }

  @Test
  void shouldKeepChannelsApart() {
    // When
    timeline.apply(changed(1, 0, 0, "S1"));
    timeline.apply(changed(2, 1, 1_000, "S2"));

    // Then
    assertEquals("S1", timeline.speakerAt(0, 1_500));
    assertEquals("S2", timeline.speakerAt(1, 1_500));
    assertEquals(Set.of(0, 1), timeline.channels());
  }

  @Test
  void shouldReassignOnlyWhatWasThePreviousSpeakersInsideTheInterval() {
    // Given
    timeline.apply(changed(1, 0, 0, "S1"));
    timeline.apply(changed(2, 0, 2_000, "S2"));
    timeline.apply(changed(3, 0, 4_000, "S1"));

    // When
    timeline.apply(reassigned(4, 0, 1_000, 5_000, "S1", "S3"));

    // Then
    assertEquals(
        List.of(
            new Interval(0, 1_000, "S1"),
            new Interval(1_000, 2_000, "S3"),
            new Interval(2_000, 4_000, "S2"),
            new Interval(4_000, 5_000, "S3"),
            new Interval(5_000, OPEN, "S1")),
        timeline.intervals(0));
  }

  @Test
  void shouldReassignWhatWasNobodysToSomebody() {
    // Given
    timeline.apply(changed(1, 0, 1_000, null));
    timeline.apply(changed(2, 0, 3_000, "S1"));

    // When
    timeline.apply(reassigned(3, 0, 500, 4_000, null, "S1"));

    // Then
    assertEquals(
        List.of(new Interval(0, 500, ""), new Interval(500, OPEN, "S1")), timeline.intervals(0));
  }

  @Test
  void shouldMergeOnEveryChannelFromTheMomentOnAndNotBefore() {
    // Given
    timeline.apply(changed(1, 0, 0, "S2"));
    timeline.apply(changed(2, 1, 0, "S1"));
    timeline.apply(changed(3, 1, 6_000, "S2"));

    // When
    timeline.apply(
        event(4, ChangeType.MERGED, 0, 2_000).setPreviousSpeaker("S2").setSpeaker("S1").build());

    // Then
    assertEquals(
        List.of(new Interval(0, 2_000, "S2"), new Interval(2_000, OPEN, "S1")),
        timeline.intervals(0));
    assertEquals(List.of(new Interval(0, OPEN, "S1")), timeline.intervals(1));
  }

  @Test
  void shouldChangeNoLabelOnConfirmationRetirementAndWhatItDoesNotKnow() {
    // Given
    timeline.apply(changed(1, 0, 0, "S1"));

    // When
    timeline.apply(event(2, ChangeType.CONFIRMED, 0, 0).setSpeaker("S1").build());
    timeline.apply(event(3, ChangeType.RETIRED, 0, 0).setSpeaker("S2").build());
    timeline.apply(event(4, ChangeType.OTHER, 0, 0).setSpeaker("S9").build());

    // Then
    assertEquals(List.of(new Interval(0, OPEN, "S1")), timeline.intervals(0));
    assertEquals(4, timeline.revision());
  }

  @Test
  void shouldTakeARepeatedEventOnce() {
    // Given
    SpeakerChange first = changed(1, 0, 0, "S1");
    assertTrue(timeline.apply(first));
    assertTrue(timeline.apply(changed(2, 0, 1_000, "S2")));

    // When
    boolean news = timeline.apply(first);

    // Then
    assertFalse(news);
    assertEquals("S2", timeline.speakerAt(0, 1_000));
    assertEquals(2, timeline.revision());
  }

  @Test
  void shouldRefuseAHoleAndGoOnOnceItIsFilled() {
    // Given
    timeline.apply(changed(1, 0, 0, "S1"));
    SpeakerChange third = changed(3, 0, 2_000, "S3");

    // When
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> timeline.apply(third));

    // Then
    assertTrue(refused.getMessage().startsWith("revision: 3 follows 1"), refused.getMessage());
    assertEquals(List.of(new Interval(0, OPEN, "S1")), timeline.intervals(0));
    timeline.apply(changed(2, 0, 1_000, "S2"));
    assertTrue(timeline.apply(third));
    assertEquals("S3", timeline.speakerAt(0, 2_000));
  }

  @Test
  void shouldRefuseWhatItsTypeDoesNotAllowAndChangeNothing() {
    // Given
    timeline.apply(changed(1, 0, 0, "S1"));

    // Then
    assertRefused("call: ", changed(2, 0, 0, "S2", "another"));
    assertRefused("revision: 0", changed(0, 0, 0, "S2"));
    assertRefused("atMillis: -1", changed(2, 0, -1, "S2"));
    assertRefused(
        "untilMillis: null",
        event(2, ChangeType.REASSIGNED, 0, 5).setPreviousSpeaker("S1").setSpeaker("S2").build());
    assertRefused("untilMillis: 5 ", reassigned(2, 0, 5, 5, "S1", "S2"));
    assertRefused(
        "previousSpeaker: is null", event(2, ChangeType.MERGED, 0, 5).setSpeaker("S2").build());
    assertRefused(
        "speaker: is null", event(2, ChangeType.MERGED, 0, 5).setPreviousSpeaker("S1").build());
    assertEquals(List.of(new Interval(0, OPEN, "S1")), timeline.intervals(0));
    assertEquals(1, timeline.revision());
  }

  @Test
  void shouldAgreeWithAnArrayOfFramesWhateverComes() {
    for (long seed = 1; seed <= 300; seed++) {
      // Given: a twin that holds a name for each frame of 10 ms
      Random random = new Random(seed);
      int frames = 200;
      String[][] twin = new String[2][frames];
      for (String[] channel : twin) {
        Arrays.fill(channel, "");
      }
      SpeakerTimeline fuzzed = new SpeakerTimeline(CALL);

      for (int revision = 1; revision <= 40; revision++) {
        // When
        SpeakerChange event = random(random, revision, frames);
        fuzzed.apply(event);
        applyToFrames(event, twin);

        // Then
        String where = "seed " + seed + ", after " + event;
        for (int channel = 0; channel < twin.length; channel++) {
          List<Interval> intervals = fuzzed.intervals(channel);
          assertEquals(0, intervals.get(0).fromMillis(), where);
          assertEquals(OPEN, intervals.get(intervals.size() - 1).untilMillis(), where);
          String[] read = new String[frames];
          for (int i = 0; i < intervals.size(); i++) {
            Interval interval = intervals.get(i);
            if (i > 0) {
              assertEquals(intervals.get(i - 1).untilMillis(), interval.fromMillis(), where);
              assertFalse(intervals.get(i - 1).speaker().equals(interval.speaker()), where);
            }
            for (int f = 0; f < frames; f++) {
              if (f * 10L >= interval.fromMillis() && f * 10L < interval.untilMillis()) {
                read[f] = interval.speaker();
              }
            }
          }
          assertEquals(List.of(twin[channel]), List.of(read), where);
          int frame = random.nextInt(frames);
          assertEquals(twin[channel][frame], fuzzed.speakerAt(channel, frame * 10L), where);
        }
      }
    }
  }

  private static SpeakerChange random(Random random, long revision, int frames) {
    int channel = random.nextInt(2);
    long at = random.nextInt(frames) * 10L;
    String speaker = "S" + random.nextInt(4);
    String previous = "S" + random.nextInt(4);
    return switch (random.nextInt(6)) {
      case 0, 1 -> changed(revision, channel, at, random.nextInt(5) == 0 ? null : speaker);
      case 2, 3 ->
          reassigned(
              revision,
              channel,
              at,
              at + 10 + random.nextInt(80) * 10L,
              random.nextInt(3) == 0 ? null : previous,
              random.nextInt(5) == 0 ? null : speaker);
      case 4 ->
          event(revision, ChangeType.MERGED, channel, at)
              .setPreviousSpeaker(previous)
              .setSpeaker(speaker)
              .build();
      default -> event(revision, ChangeType.CONFIRMED, channel, at).setSpeaker(speaker).build();
    };
  }

  private static void applyToFrames(SpeakerChange event, String[][] channels) {
    for (int channel = 0; channel < channels.length; channel++) {
      String[] frames = channels[channel];
      for (int f = (int) (event.getAtMillis() / 10); f < frames.length; f++) {
        boolean own = event.getChannel() == channel;
        boolean previous = frames[f].equals(named(event.getPreviousSpeaker()));
        boolean heard =
            switch (event.getType()) {
              case CHANGED -> own;
              case REASSIGNED -> own && previous && f * 10L < event.getUntilMillis();
              case MERGED -> previous;
              default -> false;
            };
        if (heard) {
          frames[f] = named(event.getSpeaker());
        }
      }
    }
  }

  private static String named(String speaker) {
    return speaker == null ? "" : speaker;
  }

  private void assertRefused(String part, SpeakerChange event) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> timeline.apply(event));
    assertTrue(refused.getMessage().startsWith(part), refused.getMessage());
  }

  private static SpeakerChange changed(long revision, int channel, long at, String speaker) {
    return changed(revision, channel, at, speaker, CALL);
  }

  private static SpeakerChange changed(
      long revision, int channel, long at, String speaker, String call) {
    return event(revision, ChangeType.CHANGED, channel, at)
        .setSpeaker(speaker)
        .setCall(call)
        .build();
  }

  private static SpeakerChange reassigned(
      long revision, int channel, long at, long until, String from, String to) {
    return event(revision, ChangeType.REASSIGNED, channel, at)
        .setUntilMillis(until)
        .setPreviousSpeaker(from)
        .setSpeaker(to)
        .build();
  }

  private static SpeakerChange.Builder event(long revision, ChangeType type, int channel, long at) {
    return SpeakerChange.newBuilder()
        .setEventId("e" + revision)
        .setCall(CALL)
        .setChannel(channel)
        .setRole(Role.UNKNOWN)
        .setType(type)
        .setAtMillis(at)
        .setDecision(DecisionKind.MATCH)
        .setScore(0)
        .setMargin(0)
        .setRevision(revision)
        .setCapturedAt(Instant.EPOCH)
        .setModelFingerprint("");
  }
}
