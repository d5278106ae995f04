package io.turnwise.app.pyannote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.evaluate.DiarizationError;
import io.turnwise.app.evaluate.Rttm;
import io.turnwise.app.evaluate.Turn;
import io.turnwise.inference.calibration.CalibrationFile;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What ResNet34-LM itself gave for three recordings, and the tracker over it. */
class ResNet34LmTest {
  @Test
  void shouldShipTheThresholdThatItsOwnEmbeddingsGive() throws IOException {
    // Given
    SortedMap<String, LocalSpeakerTrials> trials = new TreeMap<>();
    ReferenceRecording.all(Shared.require("reference/resnet34-lm-embeddings"))
        .forEach(
            (name, recording) ->
                trials.put(
                    name, LocalSpeakerTrials.of(recording.speakers(), recording.reference())));
    Path starter = Shared.projectRoot().resolve("models/turnwise-starter" + CalibrationFile.SUFFIX);

    // When
    ThresholdReport report =
        new ThresholdReport(
            trials, CalibrationFile.read(Files.readAllBytes(starter)).calibration());

    // Then
    String shipped =
        Files.readString(Shared.projectRoot().resolve("models/manifest.json"))
            .replaceAll("(?s).*\"wespeaker-resnet34-lm\".*?\"segment\": ([0-9.]+).*", "$1");
    assertEquals(
        Double.parseDouble(shipped), report.threshold().orElseThrow(), 0.005, report.table());
    assertTrue(
        Double.parseDouble(shipped) < ModelCatalog.DEFAULT_THRESHOLD, "the stand-ins' is higher");
  }

  @Test
  void shouldFollowTheSpeakersOfADialogueAtTheShippedThreshold() {
    // Given
    ReferenceRecording dialogue =
        ReferenceRecording.read(Shared.require("reference/resnet34-lm-embeddings/01_dialogue"));

    // When
    DiarizationError error = dialogue.error(0.29);

    // Then: as many speakers as there are; what is missed is speech over another's
    assertEquals(2, named(dialogue.tracked(0.29)));
    assertTrue(error.fraction(error.confusion()) < 0.08, error.toString());
    assertTrue(error.fraction(error.falseAlarm()) < 0.03, error.toString());
  }

  @Test
  void shouldFollowTheSpeakersOfALongRecordingAtTheShippedThreshold() {
    // Given: two people, and a third who speaks for a few seconds
    ReferenceRecording recording =
        ReferenceRecording.read(
            Shared.require("reference/resnet34-lm-embeddings/06_long_recording"));

    // When
    DiarizationError error = recording.error(0.29);

    // Then
    assertTrue(Math.abs(named(recording.tracked(0.29)) - 3) <= 1, error.toString());
    assertTrue(error.fraction(error.confusion()) < 0.08, error.toString());
  }

  @Test
  void shouldFindTheTwoWhomAPersonHeardOnTheTelephone() {
    // Given: half a minute, of which nobody speaks in the first six seconds
    ReferenceRecording sample =
        ReferenceRecording.read(
            Shared.require("reference/resnet34-lm-embeddings/02_pyannote_sample"));
    Path heard = Shared.require("audio/telephone/two-speakers.rttm");

    // When
    DiarizationError error = DiarizationError.of(Rttm.read(heard), sample.tracked(0.29), 0);

    // Then
    assertEquals(2, named(sample.tracked(0.29)));
    assertTrue(error.fraction(error.confusion()) < 0.16, error.toString());
  }

  private static long named(List<Turn> turns) {
    return turns.stream()
        .map(Turn::speaker)
        .filter(speaker -> !speaker.equals("unknown"))
        .distinct()
        .count();
  }
}
