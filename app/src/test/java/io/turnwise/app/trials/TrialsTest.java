package io.turnwise.app.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.turnwise.app.CommandFailed;
import io.turnwise.app.Wav;
import io.turnwise.inference.calibration.Calibration;
import io.turnwise.inference.calibration.Channel;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.inference.speech.SpeechGates;
import io.turnwise.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialsTest {
  private static final SpeechGate.Factory GATES = SpeechGates.named(SpeechGates.ENERGY);

  @TempDir private Path folder;

  @Test
  void shouldCompareEachTwoRecordingsAsTheChannelAsks() throws IOException {
    // Given: three speakers of 2, 3 and 2 recordings
    voices("a", 2);
    voices("b", 3);
    voices("c", 2);
    Files.writeString(folder.resolve("a/notes.txt"), "left alone");
    Files.writeString(folder.resolve(".hidden"), "left alone");

    // When
    TrialReport report = evaluate(Length.REPORTED);

    // Then: 1 + 3 + 1 pairs of one speaker among the 21 of 7 recordings
    assertEquals(5, report.cells().any(Channel.WIDE_BAND).same());
    assertEquals(16, report.cells().any(Channel.TELEPHONE).different());
    assertEquals(10, report.cells().any(Channel.ONE_SIDE).same());
    assertEquals(32, report.cells().any(Channel.ONE_SIDE).different());
  }

  @Test
  void shouldGiveTheTelephoneToTheSideThatHasIt() throws IOException {
    // Given: an embedding that tells a from b by length, and takes one for the other by telephone
    voices("a", 2);
    voices("b", 2, 40_000);
    Trials.Embedding embedding =
        (samples, speech) ->
            samples.length >= 40_000 == isNarrow(samples) ? new float[] {1, 0} : new float[] {0, 1};

    // When
    TrialReport report =
        Trials.read(folder, GATES)
            .evaluate("fake", embedding, Calibration.none(), List.of(Length.WHOLE));

    // Then
    assertEquals(0, report.equalErrorRate(Channel.WIDE_BAND, Length.WHOLE), 1e-9);
    assertEquals(0, report.equalErrorRate(Channel.TELEPHONE, Length.WHOLE), 1e-9);
    assertEquals(1, report.equalErrorRate(Channel.ONE_SIDE, Length.WHOLE), 1e-9);
  }

  @Test
  void shouldWriteTheJsonThatIsDocumented() throws IOException {
    // Given
    voices("a", 2);
    voices("b", 2);

    // When
    JsonNode json = new JsonMapper().readTree(evaluate(Length.REPORTED).json());

    // Then
    assertEquals("fake", json.get("model").asText());
    for (JsonNode channel : List.of(json, json.get("telephone"), json.get("oneSideTelephone"))) {
      List<String> lengths = new ArrayList<>();
      channel.get("eer").fieldNames().forEachRemaining(lengths::add);
      assertEquals(List.of("1", "1.5", "2", "3", "5", "whole"), lengths);
      assertTrue(channel.get("eer").get("1.5").isNumber());
      assertTrue(channel.get("minDcf").get("whole").isNumber());
      assertTrue(channel.get("trials").get("same").isInt());
    }
  }

  @Test
  void shouldReportRatiosAndWhatCentringChanged() throws IOException {
    // Given: ratios that say nothing, and a mean that tells the two speakers apart
    voices("a", 2);
    voices("b", 2, 40_000);
    Trials.Embedding embedding =
        (samples, speech) -> new float[] {1, samples.length >= 40_000 ? 0.01f : 0};
    List<Calibration.Point> points =
        Stream.of(Channel.values()).map(c -> new Calibration.Point(c, 1, 1e-9, 0)).toList();
    Calibration calibration = Calibration.of(new float[] {0.99f, 0.005f}, points);

    // When
    JsonNode json =
        new JsonMapper()
            .readTree(
                Trials.read(folder, GATES)
                    .evaluate("fake", embedding, calibration, List.of(Length.WHOLE))
                    .json());

    // Then
    assertEquals(1, json.get("cllr").get("whole").asDouble(), 1e-4);
    assertEquals(0, json.get("minCllr").get("whole").asDouble(), 1e-4);
    assertEquals(0, json.get("eer").get("whole").asDouble(), 1e-4);
    assertTrue(json.get("plain").get("telephone").get("eer").get("whole").isNumber());
    assertFalse(json.get("plain").has("cllr"));
  }

  @Test
  void shouldNameEveryFileAndFolderAtFault() throws IOException {
    // Given
    voices("alone", 1);
    voices("good", 2);
    Files.createDirectory(folder.resolve("nobody"));
    voices("odd", 2);
    Files.writeString(folder.resolve("odd/text.wav"), "not audio");
    Wav.write(folder.resolve("odd/stereo.wav"), 16_000, 2, 16_000);
    Wav.write(folder.resolve("odd/short.wav"), 16_000, 1, 1_679);

    // When
    String message = refusal();

    // Then
    for (String named :
        List.of(
            "alone has one WAV file",
            "nobody has no WAV file",
            "text.wav",
            "stereo.wav",
            "short.wav")) {
      assertTrue(message.contains(named), named + " in: " + message);
    }
    assertFalse(message.contains("good"), message);
  }

  @Test
  void shouldRefuseFewerThanTwoSpeakers() throws IOException {
    assertTrue(refusal().contains("no folder"), refusal());
    voices("a", 2);
    assertTrue(refusal().contains("one folder"), refusal());
  }

  @Test
  void shouldReadOtherRatesAndEncodings() throws IOException {
    // Given
    voices("a", 1);
    voices("b", 2);
    Wav.write(folder.resolve("a/narrow.wav"), 8_000, 1, 12_000);
    Wav.write(folder.resolve("a/wide.WAV"), 44_100, 1, 60_000);

    // Then
    assertEquals(4, evaluate(List.of(Length.WHOLE)).cells().any(Channel.WIDE_BAND).same());
  }

  @Test
  void shouldAgreeWithThePythonEvaluationOnTheSharedTrials() {
    // Given
    Path trials = Shared.require("speech/trials");
    Path models = Shared.require("models/voxsv_feats.onnx").getParent();
    Model model =
        new ModelCatalog(List.of(Shared.projectRoot().resolve("models"), models))
            .findUncalibrated("voxsv-feats");

    // When
    TrialReport report;
    try (SpeakerEmbedder embedder = SpeakerEmbedder.openForAnyLength(model)) {
      report = Trials.read(trials, GATES).evaluate(embedder, List.of(new Length(1.5)));
    }

    // Then: models/train/evaluate.py says 9.32 and 13.27 %, its telephone being another
    assertEquals(0.0932, rate(report, Channel.WIDE_BAND), 0.001);
    assertEquals(0.1327, rate(report, Channel.TELEPHONE), 0.01);
  }

  private static double rate(TrialReport report, Channel channel) {
    return report.equalErrorRate(channel, new Length(1.5));
  }

  private TrialReport evaluate(List<Length> lengths) {
    return Trials.read(folder, GATES)
        .evaluate("fake", (samples, speech) -> fake(samples), Calibration.none(), lengths);
  }

  private String refusal() {
    return assertThrows(CommandFailed.class, () -> Trials.read(folder, GATES)).getMessage();
  }

  private static float[] fake(float[] samples) {
    return new float[] {1, samples.length};
  }

  /** White noise differs from one sample to the next as much as from silence; a low band less. */
  private static boolean isNarrow(float[] samples) {
    double steps = 0;
    double power = 0;
    for (int i = 1; i < samples.length; i++) {
      steps += Math.pow(samples[i] - samples[i - 1], 2);
      power += Math.pow(samples[i], 2);
    }
    return steps < 1.5 * power;
  }

  private void voices(String speaker, int files) throws IOException {
    voices(speaker, files, 24_000);
  }

  private void voices(String speaker, int files, int frames) throws IOException {
    Path own = Files.createDirectories(folder.resolve(speaker));
    for (int i = 0; i < files; i++) {
      Wav.write(own.resolve(i + ".wav"), 16_000, 1, frames + 160 * i);
    }
  }
}
