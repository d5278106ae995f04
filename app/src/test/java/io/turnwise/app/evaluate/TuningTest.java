package io.turnwise.app.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.baseline.AverageLinkage;
import io.turnwise.app.baseline.NaiveMatcher;
import io.turnwise.app.evaluate.TrackingComparison.Contender;
import io.turnwise.avro.Role;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TuningTest {
  private static final long HOP = 750;

  @Test
  void shouldChangeTheLabelHalfwayBetweenTheMiddlesOfTwoSegments() {
    // Given: segments from 0, 750 and 1500 ms, 1.5 s long, and one on another channel
    List<SpeakerEmbedding> segments =
        List.of(segment(0, 0, 1, 0), segment(1, 0, 1, 0), segment(0, 1, 1, 0), segment(0, 2, 0, 1));

    // When
    List<SpeakerChange> events = SegmentLabels.events(segments, new int[] {0, 1, 0, 1});

    // Then: the middles are at 1500 and 2250 ms
    assertEquals(List.of(0L, 0L, 1875L), events.stream().map(SpeakerChange::getAtMillis).toList());
    assertEquals(List.of(0, 1, 0), events.stream().map(SpeakerChange::getChannel).toList());
    assertEquals(
        List.of("S1", "S2", "S2"), events.stream().map(SpeakerChange::getSpeaker).toList());
    assertEquals(List.of(1L, 2L, 3L), events.stream().map(SpeakerChange::getRevision).toList());
  }

  @Test
  void shouldRefuseLabelsOfOtherSegments() {
    assertThrows(
        IllegalArgumentException.class,
        () -> SegmentLabels.events(List.of(segment(0, 0, 1, 0)), new int[2]));
  }

  @Test
  void shouldFindTheThresholdThatTellsTwoSpeakersApart() {
    // Given: 9 s of one and 9 s of another at a cosine of 0.6, in two recordings
    Tuning tuning = new Tuning(List.of(recording("a"), recording("b")), 0);

    // When
    Contender naive =
        tuning.best("naive", segments -> threshold -> NaiveMatcher.labels(segments, threshold));
    Contender offline = tuning.best("offline", segments -> AverageLinkage.of(segments)::labels);

    // Then: the first threshold above 0.6, and no confusion but that of the change's place
    assertEquals(0.61, naive.threshold(), 1e-9);
    assertEquals(0.61, offline.threshold(), 1e-9);
    assertEquals(List.of("a", "b"), List.copyOf(naive.files().keySet()));
    assertTrue(naive.all().fraction(naive.all().confusion()) < 0.03, naive.all().toString());
    assertEquals(2, naive.rightCounts());
    assertEquals(naive.files(), offline.files());
  }

  private static EmbeddedRecording recording(String name) {
    List<SpeakerEmbedding> segments = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      segments.add(i < 12 ? segment(0, i, 1, 0) : segment(0, i, 0.6f, 0.8f));
    }
    BitSet speech = new BitSet();
    speech.set(0, 1875);
    return new EmbeddedRecording(
        name,
        segments,
        new TreeMap<>(Map.of(0, SpeechTimeline.of(speech))),
        new TreeMap<>(Map.of(0, Instant.ofEpochMilli(18_750))),
        segments.size(),
        List.of(new Turn(1, 0, 9.5, "A"), new Turn(1, 9.5, 9.25, "B")));
  }

  private static SpeakerEmbedding segment(int channel, int index, float x, float y) {
    return SpeakerEmbedding.newBuilder()
        .setCall("call")
        .setChannel(channel)
        .setRole(Role.UNKNOWN)
        .setSegment(index)
        .setStartMillis(index * HOP)
        .setEndMillis(index * HOP + 1500)
        .setCapturedAt(Instant.ofEpochMilli(index * HOP + 1500))
        .setSpeechMillis(1500)
        .setSpeech(List.of())
        .setVector(List.of(x, y))
        .setModel("model")
        .setModelFingerprint("a".repeat(64))
        .build();
  }
}
