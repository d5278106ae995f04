package io.turnwise.topology;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.DeadLetterReason;
import io.turnwise.avro.DecisionKind;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.avro.SpeechSpan;
import io.turnwise.inference.model.InferenceRuntime;
import io.turnwise.inference.model.InputKind;
import io.turnwise.inference.model.Model;
import io.turnwise.serdes.SpeakerTimeline;
import io.turnwise.testing.OnnxBytes;
import io.turnwise.testing.Shared;
import io.turnwise.topology.silence.InputProgress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.KeyValue;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class TurnwiseTopologyTest {
  private static final String CALL = "call-1";
  private static final List<String> STORES =
      List.of("segment-audio", "segment-channels", "order-calls", "track-voices");

  @Test
  void shouldBeDescribedByTheGoldenFile() throws IOException {
    // Given
    Path golden = Shared.projectRoot().resolve("topology/src/test/resources/topology.golden.txt");

    // When
    String described;
    try (Driven driven = Driven.open()) {
      described = driven.describe();
    }

    // Then; -Dturnwise.rewrite=true writes it anew: a renamed store is a migration
    if (Boolean.getBoolean("turnwise.rewrite")) {
      Files.writeString(golden, described);
    }
    assertEquals(Files.readString(golden), described);
  }

  @Test
  void shouldPublishEmbeddingsAndChangesWhenACallIsPlayed() {
    try (Driven driven = Driven.open()) {
      // When
      driven.play(Driven.sampleChunks(CALL));

      // Then each embedding tells where it is from
      List<KeyValue<String, SpeakerEmbedding>> embeddings = driven.embeddings.readKeyValuesToList();
      assertTrue(embeddings.size() > 30, () -> embeddings.size() + " embeddings");
      for (KeyValue<String, SpeakerEmbedding> record : embeddings) {
        SpeakerEmbedding embedding = record.value;
        assertEquals(CALL, record.key);
        assertEquals(CALL, embedding.getCall());
        assertEquals(256, embedding.getVector().size());
        assertEquals(64, embedding.getModelFingerprint().length());
        assertEquals(1500, embedding.getEndMillis() - embedding.getStartMillis());
        assertEquals(
            Driven.CAPTURED.plusMillis(embedding.getEndMillis()), embedding.getCapturedAt());
        assertTrue(embedding.getSpeechMillis() >= 500);
        assertEquals(
            embedding.getSpeechMillis(),
            embedding.getSpeech().stream()
                .mapToLong(span -> span.getEndMillis() - span.getStartMillis())
                .sum());
      }

      // And the first change says that somebody speaks, the next ones name both voices
      List<SpeakerChange> changes = driven.changes.readValuesToList();
      Set<String> speakers = new HashSet<>();
      for (int i = 0; i < changes.size(); i++) {
        SpeakerChange change = changes.get(i);
        assertEquals(i + 1, change.getRevision());
        speakers.add(change.getSpeaker());
      }
      assertTrue(changes.size() >= 4, () -> changes.size() + " changes");
      assertEquals(DecisionKind.UNKNOWN, changes.get(0).getDecision());
      assertTrue(changes.get(0).getTentative());
      assertEquals(DecisionKind.NEW, changes.get(1).getDecision());
      assertTrue(speakers.containsAll(Set.of("S1", "S2")), speakers::toString);
      assertEquals(0, driven.deadLetters.getQueueSize());

      // And who applies them in order holds a timeline with nobody but these two
      SpeakerTimeline timeline = new SpeakerTimeline(CALL);
      changes.forEach(timeline::apply);
      assertEquals(
          Set.of("", "S1", "S2"),
          timeline.intervals(0).stream()
              .map(SpeakerTimeline.Interval::speaker)
              .collect(Collectors.toSet()));
    }
  }

  @Test
  void shouldGiveTheModelTheGatesDecisionsAsWeights() {
    // Given a model of pyannote's kind that answers with its weights
    byte[] file =
        new OnnxBytes()
            .input("fbank", "batch", "num_frames", 80)
            .input("weights", "batch", "num_weights")
            .output("embedding", "batch", 150)
            .node("Identity", "embedding", "weights")
            .file();
    Model model =
        new Model("weights", "0".repeat(64), InputKind.FEATURES_AND_WEIGHTS, 80, 150, 0.5f, file);
    try (Driven driven = Driven.open(model, Map.of())) {
      // When
      driven.play(Driven.sampleChunks(CALL));

      // Then there is one of 0 or 1 for each 10 ms of the segment, and they are its spans of speech
      List<SpeakerEmbedding> embeddings = driven.embeddings.readValuesToList();
      assertTrue(embeddings.size() > 30, () -> embeddings.size() + " embeddings");
      boolean silence = false;
      for (SpeakerEmbedding embedding : embeddings) {
        float[] expected = new float[150];
        for (SpeechSpan span : embedding.getSpeech()) {
          Arrays.fill(
              expected,
              Math.toIntExact((span.getStartMillis() - embedding.getStartMillis()) / 10),
              Math.toIntExact((span.getEndMillis() - embedding.getStartMillis()) / 10),
              1);
        }
        for (int i = 0; i < expected.length; i++) {
          assertEquals(expected[i], embedding.getVector().get(i), "flag " + i);
          silence |= expected[i] == 0;
        }
      }
      assertTrue(silence, "the call pauses");
    }
  }

  @Test
  void shouldTellWhatTheModelRunsOn() {
    try (Driven driven = Driven.open(Map.of("turnwise.provider", "cpu"))) {
      // When
      driven.play(Driven.sampleChunks(CALL).subList(0, 1));

      // Then
      assertEquals(0, driven.counter("embed", "provider-fell-back"));
      assertTrue(Double.isNaN(driven.counter("embed", "provider-agreement")));
    }
  }

  @Test
  void shouldTellThatTheCpuStandsInForAProviderTheRuntimeLacks() {
    Assumptions.assumeFalse(
        InferenceRuntime.present().providers().contains("TENSOR_RT"), "the GPU's runtime");
    try (Driven driven = Driven.open(Map.of("turnwise.provider", "tensorrt"))) {
      // When
      driven.play(Driven.sampleChunks(CALL).subList(0, 1));

      // Then
      assertEquals(1, driven.counter("embed", "provider-fell-back"));
      assertEquals(
          Map.of("requested", "tensorrt", "provider", "tensorrt"),
          driven.tags("embed", "provider-fell-back", Set.of("requested", "provider")));
    }
  }

  @Test
  void shouldPublishTheSameBytesWhenTheInputIsDisturbedOrPlayedAgain() {
    // Given the call, and the call shuffled with some chunks twice
    List<AudioChunk> clean = Driven.sampleChunks(CALL);
    long seed = 7;
    Random random = new Random(seed);
    List<AudioChunk> disturbed = new ArrayList<>(clean);
    for (int i = 0; i + 4 < disturbed.size(); i += 4) {
      java.util.Collections.swap(disturbed, i, i + 1 + random.nextInt(4));
    }
    for (int i = 0; i < 50; i++) {
      int at = random.nextInt(disturbed.size() - 1);
      disturbed.add(at + 1, disturbed.get(at));
    }

    // When
    List<List<byte[]>> outputs = new ArrayList<>();
    for (List<AudioChunk> chunks : List.of(clean, clean, disturbed)) {
      try (Driven driven = Driven.open()) {
        driven.play(chunks);
        List<byte[]> output = new ArrayList<>(driven.published("speaker-changes"));
        output.addAll(driven.published("speaker-embeddings"));
        outputs.add(output);
      }
    }

    // Then
    for (List<byte[]> output : outputs) {
      assertEquals(outputs.get(0).size(), output.size(), "seed " + seed);
      for (int i = 0; i < output.size(); i++) {
        assertArrayEquals(outputs.get(0).get(i), output.get(i), "seed " + seed);
      }
    }
  }

  @Test
  void shouldWriteEachSampleToTheChangelogsOnce() {
    try (Driven driven = Driven.open()) {
      // Given
      List<AudioChunk> chunks = Driven.sampleChunks(CALL);
      long audio = chunks.stream().mapToLong(chunk -> chunk.getPayload().remaining()).sum();

      // When
      driven.play(chunks);

      // Then
      long written = 0;
      for (String store : STORES) {
        long bytes = 0;
        for (KeyValue<byte[], byte[]> record :
            driven
                .driver
                .createOutputTopic(
                    Driven.APPLICATION + "-" + store + "-changelog",
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer())
                .readKeyValuesToList()) {
          bytes += record.key.length + (record.value == null ? 0 : record.value.length);
        }
        System.out.printf(
            "%s: %d changelog bytes, %.3f a byte of audio%n", store, bytes, (double) bytes / audio);
        written += bytes;
      }
      long total = written;
      assertTrue(written > audio, () -> total + " of " + audio);
      assertTrue(written <= 1.3 * audio, () -> total + " of " + audio);
    }
  }

  @Test
  void shouldSendWhatItCannotUseToTheDeadLettersAndGoOn() {
    try (Driven driven = Driven.open()) {
      // Given a good call among broken records
      byte[] poison = "not avro".getBytes(StandardCharsets.UTF_8);
      List<AudioChunk> good = Driven.sampleChunks(CALL).subList(0, 500);

      // When
      driven.play(good.subList(0, 250));
      driven.rawAudio.pipeInput("call-2", poison);
      driven.rawAudio.pipeInput("call-2", null);
      driven.audio.pipeInput(
          "call-2", Driven.chunk("call-2", 0).setPayload(ByteBuffer.allocate(0)).build());
      driven.audio.pipeInput(
          "call-2",
          Driven.chunk("call-2", 0)
              .setEncoding(io.turnwise.avro.Encoding.PCM_S16LE)
              .setPayload(ByteBuffer.allocate(161))
              .build());
      driven.audio.pipeInput("call-2", Driven.chunk("call-2", -160).build());
      driven.audio.pipeInput("call-2", Driven.chunk("call-2", 0).setSampleRate(4_000).build());
      driven.audio.pipeInput("call-2", Driven.chunk("call-2", 0).setChannel(256).build());
      driven.audio.pipeInput("call-2", Driven.chunk("call-3", 0).build());
      driven.audio.pipeInput(
          "call-2", Driven.chunk("call-2", 0).setPayload(ByteBuffer.allocate(61 * 8_000)).build());
      driven.play(good.subList(250, 500));

      // Then
      List<DeadLetter> letters = driven.deadLetters.readValuesToList();
      assertEquals(
          List.of(
              DeadLetterReason.UNDECODABLE,
              DeadLetterReason.INVALID_FIELD,
              DeadLetterReason.INVALID_FIELD,
              DeadLetterReason.PAYLOAD_ODD,
              DeadLetterReason.INVALID_FIELD,
              DeadLetterReason.INVALID_FIELD,
              DeadLetterReason.INVALID_FIELD,
              DeadLetterReason.INVALID_FIELD,
              DeadLetterReason.PAYLOAD_TOO_LARGE),
          letters.stream().map(DeadLetter::getReason).toList());
      assertEquals(250, letters.get(0).getOffset());
      assertEquals("audio-chunks", letters.get(0).getTopic());
      assertEquals(poison.length, letters.get(0).getBytes());
      assertEquals(64, letters.get(0).getDigest().length());
      assertTrue(letters.get(4).getDetail().contains("position: -160"));
      assertEquals(8, driven.counter("segment", "refused-total"));
      assertEquals(500, driven.counter("segment", "chunks-total"));

      // And the good call is heard as if it had been alone
      List<byte[]> amongBroken = driven.published("speaker-embeddings");
      try (Driven alone = Driven.open()) {
        List<byte[]> undisturbed = alone.play(good).published("speaker-embeddings");
        assertEquals(undisturbed.size(), amongBroken.size());
        for (int i = 0; i < undisturbed.size(); i++) {
          assertArrayEquals(undisturbed.get(i), amongBroken.get(i));
        }
      }
    }
  }

  @Test
  void shouldCountGapsAndDuplicates() {
    try (Driven driven = Driven.open()) {
      // Given a lost chunk, a repeated one, and a hole of a minute
      List<AudioChunk> chunks = new ArrayList<>();
      for (long at = 0; at < 32_000; at += 160) {
        chunks.add(Driven.chunk(CALL, at).build());
      }
      chunks.remove(50);
      chunks.add(60, chunks.get(60));
      for (long at = 512_000; at < 544_000; at += 160) {
        chunks.add(Driven.chunk(CALL, at).build());
      }

      // When
      driven.play(chunks);

      // Then
      assertEquals(1, driven.counter("segment", "gaps-filled-total"));
      assertEquals(1, driven.counter("segment", "timeline-restarts-total"));
      assertEquals(1, driven.counter("segment", "duplicates-total"));
    }
  }

  @Test
  void shouldFlushACallThatNeverSaysGoodbyeAndForgetItLater() {
    Map<String, String> settings =
        Map.of("turnwise.idle.ms", "2000", "turnwise.forget.ms", "10000");
    try (Driven driven = Driven.open(settings)) {
      // Given 10.3 s of a call, without an end
      driven.play(Driven.sampleChunks(CALL).subList(0, 515));
      long before = driven.segments.get(driven.segments.size() - 1).endMillis();

      // When its source is silent for a while
      driven.pass(Duration.ofSeconds(3));

      // Then
      assertEquals(9750, before);
      assertEquals(10_300, driven.segments.get(driven.segments.size() - 1).endMillis());

      // And when it is silent for long, nothing of it is left
      driven.pass(Duration.ofSeconds(10));
      for (String store : STORES) {
        try (var left = driven.driver.getKeyValueStore(store).all()) {
          assertFalse(left.hasNext(), store);
        }
      }
    }
  }

  @Test
  void shouldNotTakeItsOwnStandstillForItsSourcesSilence() {
    try (Driven undisturbed = Driven.open();
        Driven driven = Driven.open()) {
      // Given
      List<SpeakerChange> expected =
          undisturbed.play(Driven.sampleChunks(CALL)).changes.readValuesToList();
      List<AudioChunk> chunks = Driven.sampleChunks(CALL);
      driven.play(chunks.subList(0, 515));

      // When nothing of it ran for longer than turnwise.idle.ms, the clock having gone on
      driven.driver.advanceWallClockTime(Duration.ofMinutes(2));
      driven.play(chunks.subList(515, chunks.size()));

      // Then
      assertEquals(expected, driven.changes.readValuesToList());
    }
  }

  @Test
  void shouldNotTakeForSilenceWhatWaitsInItsPartition() {
    List<AudioChunk> chunks = Driven.sampleChunks(CALL);
    try (Driven undisturbed = Driven.open();
        Driven driven =
            Driven.open(partition -> Optional.of(new InputProgress.Reading(515, chunks.size())))) {
      // Given
      List<SpeakerChange> expected = undisturbed.play(chunks).changes.readValuesToList();
      driven.play(chunks.subList(0, 515));

      // When other partitions have their turn for longer than turnwise.idle.ms
      driven.pass(Duration.ofMinutes(2));
      driven.play(chunks.subList(515, chunks.size()));

      // Then
      assertEquals(expected, driven.changes.readValuesToList());
    }
  }

  @Test
  void shouldNotTakeForSilenceWhatNobodyCanTell() {
    List<AudioChunk> chunks = Driven.sampleChunks(CALL);
    try (Driven undisturbed = Driven.open();
        Driven driven = Driven.open(partition -> Optional.empty())) {
      // Given
      List<SpeakerChange> expected = undisturbed.play(chunks).changes.readValuesToList();
      driven.play(chunks.subList(0, 515));

      // When no broker answers for longer than turnwise.idle.ms
      driven.pass(Duration.ofMinutes(2));
      driven.play(chunks.subList(515, chunks.size()));

      // Then
      assertEquals(expected, driven.changes.readValuesToList());
    }
  }

  @Test
  void shouldFlushACallWhoseWholePartitionIsProcessed() {
    try (Driven driven =
        Driven.open(partition -> Optional.of(new InputProgress.Reading(515, 515)))) {
      // Given
      driven.play(Driven.sampleChunks(CALL).subList(0, 515));

      // When
      driven.pass(Duration.ofSeconds(40));

      // Then
      assertEquals(10_300, driven.segments.get(driven.segments.size() - 1).endMillis());
    }
  }

  @Test
  void shouldForgetACallThatHasEnded() {
    Map<String, String> settings = Map.of("turnwise.idle.ms", "2000");
    try (Driven driven = Driven.open(settings)) {
      driven.play(Driven.sampleChunks(CALL));

      driven.pass(Duration.ofSeconds(3));

      for (String store : STORES) {
        try (var left = driven.driver.getKeyValueStore(store).all()) {
          assertFalse(left.hasNext(), store);
        }
      }
    }
  }

  @Test
  void shouldNameAnEnrolledVoiceWhenItIsHeard() {
    // Given the sample call's first voice, enrolled from its own embeddings
    List<SpeakerEmbedding> embeddings;
    try (Driven driven = Driven.open()) {
      embeddings = driven.play(Driven.sampleChunks(CALL)).embeddings.readValuesToList();
    }
    SpeakerEmbedding known = embeddings.get(1);
    EnrolledVoice voice =
        EnrolledVoice.newBuilder()
            .setSpeakerId("agent-17")
            .setVector(known.getVector())
            .setModel(known.getModel())
            .setModelFingerprint(known.getModelFingerprint())
            .setEnrolledAt(Driven.CAPTURED)
            .build();

    try (Driven driven = Driven.open()) {
      // When
      driven.voices.pipeInput("agent-17", voice);
      driven.play(Driven.sampleChunks(CALL));

      // Then
      List<SpeakerChange> changes = driven.changes.readValuesToList();
      SpeakerChange first =
          changes.stream()
              .filter(change -> "agent-17".equals(change.getSpeaker()))
              .findFirst()
              .orElseThrow(() -> new AssertionError(changes));
      assertTrue(first.getEnrolled());
      assertEquals(DecisionKind.MATCH, first.getDecision());
    }

    try (Driven driven = Driven.open()) {
      // And when the enrolment is taken back
      driven.voices.pipeInput("agent-17", voice);
      driven.voices.pipeInput("agent-17", (EnrolledVoice) null);
      driven.play(Driven.sampleChunks(CALL));

      // Then nobody is named
      assertTrue(driven.changes.readValuesToList().stream().noneMatch(SpeakerChange::getEnrolled));
    }
  }

  @Test
  void shouldTrackAsIfItWereNotThereWhenAnEnrolledVoiceHasAnotherLength() {
    // Given
    SpeakerEmbedding known;
    List<SpeakerChange> expected;
    try (Driven driven = Driven.open()) {
      driven.play(Driven.sampleChunks(CALL));
      known = driven.embeddings.readValuesToList().get(1);
      expected = driven.changes.readValuesToList();
    }

    try (Driven driven = Driven.open()) {
      // When
      driven.voices.pipeInput(
          "agent-17",
          EnrolledVoice.newBuilder()
              .setSpeakerId("agent-17")
              .setVector(known.getVector().subList(0, 3))
              .setModel(known.getModel())
              .setModelFingerprint(known.getModelFingerprint())
              .setEnrolledAt(Driven.CAPTURED)
              .build());
      driven.play(Driven.sampleChunks(CALL));

      // Then
      assertEquals(1, driven.counter(Names.TRACK, "left-out-total"));
      assertEquals(0, driven.deadLetters.getQueueSize());
      assertEquals(expected, driven.changes.readValuesToList());
    }
  }
}
