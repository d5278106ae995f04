package io.turnwise.topology;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.serdes.SpeakerTimeline;
import io.turnwise.topology.shed.Lateness;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** What the whole topology publishes when it is behind. */
@TestInstance(Lifecycle.PER_CLASS)
class SheddingTest {
  private static final String CALL = "call-1";
  private static final Duration BEHIND = Duration.ofSeconds(20);
  private static final Map<String, String> SHEDDING = Map.of("turnwise.shed", "hop,silence");

  private List<byte[]> wholeEmbeddings;
  private List<byte[]> wholeChanges;

  @BeforeAll
  void playTheSampleCallInTime() {
    try (Driven driven = Driven.open()) {
      driven.play(Driven.sampleChunks(CALL));
      wholeEmbeddings = driven.published("speaker-embeddings");
      wholeChanges = driven.published("speaker-changes");
    }
  }

  @Test
  void shouldPublishTheSameHoweverLateWhenNothingIsToBeShed() {
    try (Driven driven = Driven.open(Map.of(), Lateness.ofRecords())) {
      // Given
      driven.driver.advanceWallClockTime(BEHIND);

      // When
      driven.play(Driven.sampleChunks(CALL));

      // Then
      assertSame(wholeEmbeddings, driven.published("speaker-embeddings"));
      assertSame(wholeChanges, driven.published("speaker-changes"));
    }
  }

  @Test
  void shouldPublishTheSameWhenNobodySaysHowLateItIs() {
    // Given what a replay, an evaluation and a search of settings run
    try (Driven driven = Driven.open(SHEDDING)) {
      driven.driver.advanceWallClockTime(BEHIND);

      // When
      driven.play(Driven.sampleChunks(CALL));

      // Then
      assertSame(wholeEmbeddings, driven.published("speaker-embeddings"));
      assertSame(wholeChanges, driven.published("speaker-changes"));
    }
  }

  @Test
  void shouldPublishTheSameWhenItIsInTime() {
    try (Driven driven = Driven.open(SHEDDING, Lateness.ofRecords())) {
      // When
      driven.play(Driven.sampleChunks(CALL));

      // Then
      assertSame(wholeEmbeddings, driven.published("speaker-embeddings"));
    }
  }

  @Test
  void shouldEmbedLessInTheSameOrderCountTheRestAndKeepBothSpeakersWhenBehind() {
    try (Driven driven = Driven.open(SHEDDING, Lateness.ofRecords())) {
      // Given
      driven.driver.advanceWallClockTime(BEHIND);

      // When
      driven.play(Driven.sampleChunks(CALL));

      // Then what is embedded is the same, and in the same order
      List<byte[]> embeddings = driven.published("speaker-embeddings");
      int next = 0;
      for (byte[] embedding : embeddings) {
        while (next < wholeEmbeddings.size()
            && !Arrays.equals(wholeEmbeddings.get(next), embedding)) {
          next++;
        }
        assertTrue(next++ < wholeEmbeddings.size(), "an embedding that is none of the whole");
      }

      // And the rest is counted
      double shed =
          driven.counter("embed", "shed-hop-total") + driven.counter("embed", "shed-silence-total");
      assertTrue(driven.counter("embed", "shed-hop-total") > 0, "no longer hop");
      assertEquals(wholeEmbeddings.size(), embeddings.size() + shed);
      System.out.printf(
          "shed %.0f of %d segments of the sample call%n", shed, wholeEmbeddings.size());

      // And nobody is lost
      List<SpeakerChange> changes =
          driven.read(SpeakerChange.class, driven.published("speaker-changes"));
      assertEquals(Set.of("", "S1", "S2"), speakers(changes));
    }
  }

  @Test
  void shouldGiveTheSameChangesFromWhatItPublishedWhenBehind() {
    try (Driven driven = Driven.open(SHEDDING, Lateness.ofRecords())) {
      // Given
      driven.driver.advanceWallClockTime(BEHIND);
      driven.play(Driven.sampleChunks(CALL));
      List<SpeakerEmbedding> embeddings =
          driven.read(SpeakerEmbedding.class, driven.published("speaker-embeddings"));

      // When
      try (DrivenFromEmbeddings replay = DrivenFromEmbeddings.open(Map.of(), driven.registry())) {
        List<byte[]> changes = replay.play(embeddings).rest().publishedChanges();

        // Then
        assertSame(driven.published("speaker-changes"), changes);
      }
    }
  }

  @Test
  void shouldEmbedEverythingAgainWhenItHasCaughtUp() {
    // Given the first half of a call late, the second in time
    List<AudioChunk> chunks = Driven.sampleChunks(CALL);
    int half = chunks.size() / 2;
    try (Driven driven = Driven.open(SHEDDING, Lateness.ofRecords())) {
      driven.driver.advanceWallClockTime(BEHIND);
      driven.play(chunks.subList(0, half));
      double shed = driven.counter("embed", "shed-hop-total");
      assertTrue(shed > 0, "nothing is shed in the first half");

      // When
      driven.audio.advanceTime(BEHIND);
      driven.play(chunks.subList(half, chunks.size()));

      // Then
      assertEquals(shed, driven.counter("embed", "shed-hop-total"));
      List<SpeakerEmbedding> embeddings =
          driven.read(SpeakerEmbedding.class, driven.published("speaker-embeddings"));
      long last = half * 20L;
      assertEquals(
          heardAfter(driven.read(SpeakerEmbedding.class, wholeEmbeddings), last),
          heardAfter(embeddings, last));
    }
  }

  @Test
  void shouldShedNothingOfANeighbourWhenAClientsClockIsWrong() {
    // Given two calls of one partition side by side, one of whose records claim to be of 1970
    try (Driven driven = Driven.open(SHEDDING, Lateness.ofRecords())) {
      List<AudioChunk> liar = Driven.sampleChunks("liar");
      List<AudioChunk> honest = Driven.sampleChunks("honest");

      // When
      for (int i = 0; i < liar.size(); i++) {
        driven.audio.pipeInput("liar", liar.get(i), 0L);
        driven.audio.pipeInput("honest", honest.get(i), Driven.CAPTURED.toEpochMilli());
      }

      // Then
      List<SpeakerEmbedding> embeddings =
          driven.read(SpeakerEmbedding.class, driven.published("speaker-embeddings"));
      long kept = embeddings.stream().filter(e -> e.getCall().equals("honest")).count();
      assertEquals(wholeEmbeddings.size(), kept);
      assertTrue(embeddings.size() < 2 * wholeEmbeddings.size(), "the late call is not shed");
    }
  }

  private static List<Long> heardAfter(List<SpeakerEmbedding> embeddings, long millis) {
    return embeddings.stream()
        .filter(embedding -> embedding.getStartMillis() > millis)
        .map(SpeakerEmbedding::getSegment)
        .collect(Collectors.toList());
  }

  private static Set<String> speakers(List<SpeakerChange> changes) {
    SpeakerTimeline timeline = new SpeakerTimeline(CALL);
    changes.forEach(timeline::apply);
    Set<String> speakers = new TreeSet<>();
    timeline.intervals(0).forEach(interval -> speakers.add(interval.speaker()));
    return speakers;
  }

  private static void assertSame(List<byte[]> expected, List<byte[]> actual) {
    assertTrue(expected.size() >= 4, () -> expected.size() + " records");
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), "record " + i);
    }
  }
}
