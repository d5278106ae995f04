package io.turnwise.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.turnwise.inference.calibration.CalibrationFile;
import io.turnwise.testing.OnnxBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrateTest {
  @TempDir private Path folder;

  @Test
  void shouldCalibrateAModelSoThatItsRatiosMeanSomethingForOtherSpeakers() throws IOException {
    // Given: the model hears in which band the tone is
    Path model = Files.write(folder.resolve("mine.onnx"), OnnxBytes.features());
    for (int speaker = 0; speaker < 10; speaker++) {
      voice("training", speaker, 0, 500 + 220 * speaker, 22);
      voice("trials", speaker / 2, 100 + speaker, 610 + 440 * (speaker / 2), 3);
    }

    // When
    CommandLineRun fit =
        CommandLineRun.of("models", "calibrate", model, "--speech", folder.resolve("training"));
    CommandLineRun trials =
        CommandLineRun.of(
            "evaluate", "--trials", folder.resolve("trials"), "--model", model, "--json");

    // Then
    assertEquals(0, fit.exitCode(), fit.err());
    assertTrue(fit.out().contains("mine: 10 speakers, "), fit.out());
    Path file = folder.resolve("mine.calibration.json");
    CalibrationFile written = CalibrationFile.read(Files.readAllBytes(file));
    assertEquals(10, written.speakers());
    assertEquals(18, written.calibration().points().size());
    assertEquals(0, trials.exitCode(), trials.err());
    JsonNode json = new JsonMapper().readTree(trials.out());
    double lost = json.get("cllr").get("1.5").asDouble();
    assertTrue(lost >= json.get("minCllr").get("1.5").asDouble() && lost < 0.9, trials.out());
    assertEquals(written.calibration().centres(), json.has("plain"));
  }

  @Test
  void shouldRefuseTheCalibrationOfAnotherFileAndFitItAnew() throws IOException {
    // Given
    Path model = Files.write(folder.resolve("mine.onnx"), OnnxBytes.features());
    Files.writeString(folder.resolve("mine.calibration.json"), "{}");
    voice("training", 0, 0, 700, 3);

    // When
    CommandLineRun used =
        CommandLineRun.of(
            "embed", voice("x", 0, 0, 700, 3), "--start", 0, "--duration", 1, "--model", model);
    CommandLineRun fit =
        CommandLineRun.of("models", "calibrate", model, "--speech", folder.resolve("training"));

    // Then: the first names the calibration, the second what else is missing
    assertEquals(1, used.exitCode());
    assertTrue(used.err().contains("mine.calibration.json"), used.err());
    assertEquals(1, fit.exitCode());
    assertTrue(fit.err().contains("of 1 speakers, and 10 are the least"), fit.err());
    assertFalse(fit.err().contains("mine.calibration.json"), fit.err());
  }

  @Test
  void shouldRefuseAPlaceThatIsNotThereBeforeAnyWork() throws IOException {
    // Given: no speech either, of which only work would complain
    Path model = Files.write(folder.resolve("mine.onnx"), OnnxBytes.features());
    Path out = folder.resolve("nowhere/mine.calibration.json");

    // When
    CommandLineRun fit =
        CommandLineRun.of("models", "calibrate", model, "--speech", folder, "--out", out);

    // Then
    assertEquals("exit 1, 0 characters, 1 lines", fit.shape(), fit.err());
    assertTrue(fit.err().contains("there is no folder " + out.getParent()), fit.err());
  }

  private Path voice(String set, int speaker, long seed, double hertz, int seconds)
      throws IOException {
    Path own = Files.createDirectories(folder.resolve(set).resolve("speaker" + speaker));
    return Wav.writeVoice(
        own.resolve(seed + ".wav"), hertz, 1_000 * speaker + seed, 8_000, seconds * 8_000);
  }
}
