package io.turnwise.app.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.play.Recording;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.model.VoiceSpace;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.inference.speech.SpeechGates;
import io.turnwise.testing.Shared;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.segment.Segment;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EmbeddingsReplayTest {
  private static final TurnwiseSettings SETTINGS = TurnwiseSettings.of(Map.of());

  private static EmbeddedRecording embedded;
  private static Replayed whole;
  private static Map<String, VoiceSpace> spaces;

  @BeforeAll
  static void embedTheSampleCall() {
    Recording recording =
        new Recording(
            "sample",
            0,
            WavFile.read(Shared.projectRoot().resolve("samples").resolve("sample-call.wav")));
    Model model =
        new ModelCatalog(List.of(Shared.projectRoot().resolve("models")))
            .find(ModelCatalog.DEFAULT);
    spaces = Map.of(model.fingerprint(), model.space());
    try (SpeechGate.Factory gates = SpeechGates.named(SETTINGS.gate());
        SpeakerEmbedder embedder = SpeakerEmbedder.open(model, Segment.SAMPLES)) {
      embedded = new RecordingEmbedder(SETTINGS, embedder, gates).embed(recording, List.of());
      whole = new Replay(SETTINGS, embedder, gates).replay(recording);
    }
  }

  @Test
  void shouldKeepWhatWasPublishedAndWhereTheChannelEnded() {
    assertTrue(
        embedded.embeddings().size() > 30, () -> embedded.embeddings().size() + " embeddings");
    assertEquals(List.of(0), List.copyOf(embedded.speech().keySet()));
    assertTrue(
        embedded.ends().get(0).isAfter(Instant.EPOCH.plusSeconds(30)),
        () -> embedded.ends().toString());
  }

  @Test
  void shouldTrackAnEmbeddedRecordingAsTheWholeTopologyDoes() {
    // When
    Replayed replayed = new EmbeddingsReplay(SETTINGS, spaces).replay(embedded);

    // Then
    assertFalse(replayed.events().isEmpty());
    assertEquals(whole.revised(), replayed.revised());
    assertEquals(whole.firstPublished(), replayed.firstPublished());
    assertEquals(whole.segments(), replayed.segments());
  }

  @Test
  void shouldGiveTheSameEventsAgain() {
    // Given
    EmbeddingsReplay replay = new EmbeddingsReplay(SETTINGS, spaces);

    // When
    List<SpeakerChange> first = replay.changes(embedded);
    List<SpeakerChange> second = replay.changes(embedded);

    // Then
    assertEquals(first, second);
  }

  @Test
  void shouldGiveOtherEventsWithAnotherThreshold() {
    // Given
    TurnwiseSettings other = TurnwiseSettings.of(Map.of(TurnwiseSettings.THRESHOLD, "0.9"));

    // When
    List<SpeakerChange> changes = new EmbeddingsReplay(other, Map.of()).changes(embedded);

    // Then
    assertNotEquals(new EmbeddingsReplay(SETTINGS, spaces).changes(embedded), changes);
  }

  @Test
  void shouldSayWhatIsAmissWhenTheModelIsNotKnown() {
    // Given
    EmbeddingsReplay replay = new EmbeddingsReplay(SETTINGS, Map.of());

    // When
    CommandFailed failed = assertThrows(CommandFailed.class, () -> replay.changes(embedded));

    // Then
    assertTrue(failed.getMessage().contains("turnwise.threshold"), failed.getMessage());
  }
}
