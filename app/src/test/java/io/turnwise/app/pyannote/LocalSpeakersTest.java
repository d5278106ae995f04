package io.turnwise.app.pyannote;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.pyannote.LocalSpeakers.LocalSpeaker;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.avro.SpeechSpan;
import io.turnwise.testing.NpzBytes;
import io.turnwise.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalSpeakersTest {
  @TempDir private Path folder;

  @Test
  void shouldHearALocalSpeakerWhereNobodyElseIsActive() throws IOException {
    // Given: one window of four frames; the second speaker joins the first in the third frame
    write(
        new int[] {1, 2, 3},
        new float[] {1, 2, 3, 4, 5, 6},
        new int[] {1, 4, 2},
        new float[] {0, 0, 1, 0, 1, 1, 0, 1});

    // When
    List<LocalSpeaker> speakers = LocalSpeakers.read(folder).speakers();

    // Then
    assertEquals(2, speakers.size());
    assertArrayEquals(new boolean[] {false, true, false, false}, speakers.get(0).alone());
    assertArrayEquals(new boolean[] {false, false, false, true}, speakers.get(1).alone());
    assertArrayEquals(new float[] {4, 5, 6}, speakers.get(1).vector());
    assertEquals(2.5, speakers.get(1).seconds());
  }

  @Test
  void shouldLeaveOutWhoIsNeverAloneAndWhoHasNoEmbedding() throws IOException {
    // Given: the second speaker is active only beside the first; the third has no embedding
    write(
        new int[] {1, 3, 2},
        new float[] {1, 2, 3, 4, Float.NaN, Float.NaN},
        new int[] {1, 3, 3},
        new float[] {1, 0, 0, 1, 1, 0, 0, 0, 1});

    // When
    List<LocalSpeaker> speakers = LocalSpeakers.read(folder).speakers();

    // Then
    assertEquals(List.of(0), speakers.stream().map(LocalSpeaker::number).toList());
  }

  @Test
  void shouldRefuseArraysOfDifferentRuns() throws IOException {
    // Given: two windows of embeddings, one of segmentations
    write(new int[] {2, 1, 1}, new float[] {1, 2}, new int[] {1, 2, 1}, new float[] {1, 1});

    // When
    CommandFailed failed = assertThrows(CommandFailed.class, () -> LocalSpeakers.read(folder));

    // Then
    assertTrue(failed.getMessage().contains("[2, 1, 1]"), failed.getMessage());
    assertTrue(failed.getMessage().contains("[1, 2, 1]"), failed.getMessage());
  }

  @Test
  void shouldNameTheArrayThatIsMissing() throws IOException {
    // Given
    write(new int[] {1, 1, 1}, new float[] {1}, new int[] {1, 2, 1}, new float[] {1, 1});
    Files.write(
        folder.resolve("segmentations.npz"),
        new NpzBytes().array("other", new int[] {1}, new float[] {1}).file());

    // When
    CommandFailed failed = assertThrows(CommandFailed.class, () -> LocalSpeakers.read(folder));

    // Then
    assertTrue(failed.getMessage().contains("no array segmentations"), failed.getMessage());
  }

  @Test
  void shouldHearEachMomentOnceAndInOrderWhenWindowsBecomeSegments() {
    // Given
    Path recording = Shared.require("reference/resnet34-lm-embeddings/01_dialogue");
    LocalSpeakers speakers = LocalSpeakers.read(recording);

    // When
    WindowCentres segments = WindowCentres.of(speakers, "call");

    // Then: 142 s are spoken by one alone; of these, bits shorter than 0.2 s are left out
    long last = 0;
    long heard = 0;
    for (SpeakerEmbedding segment : segments.embeddings()) {
      long spoken = 0;
      for (SpeechSpan span : segment.getSpeech()) {
        assertTrue(span.getStartMillis() >= last && span.getEndMillis() > span.getStartMillis());
        last = span.getEndMillis();
        spoken += span.getEndMillis() - span.getStartMillis();
      }
      assertEquals(segment.getSpeechMillis(), spoken);
      assertEquals(256, segment.getVector().size());
      assertTrue(segment.getCapturedAt().toEpochMilli() >= segment.getEndMillis());
      heard += spoken;
    }
    assertEquals(137, heard / 1000.0, 1);
    assertTrue(segments.speech().cardinality() * WindowCentres.FRAME_MILLIS > heard);
  }

  private void write(int[] embeddings, float[] vectors, int[] segmentations, float[] active)
      throws IOException {
    Files.write(
        folder.resolve("raw_embeddings.npz"),
        new NpzBytes().array("embeddings", embeddings, vectors).file());
    Files.write(
        folder.resolve("segmentations.npz"),
        new NpzBytes().deflated("segmentations", segmentations, active).file());
  }
}
