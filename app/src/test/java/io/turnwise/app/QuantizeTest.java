package io.turnwise.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizeTest {
  private static final Path STARTER = Shared.projectRoot().resolve("models/turnwise-starter.onnx");
  private static final Path SPEECH = Shared.projectRoot().resolve("samples");

  @TempDir private Path folder;

  @Test
  void shouldWriteATwinThatIsFoundByItsPathAndSayHowNearItIs() throws IOException {
    // Given: two speakers of noise, for whom any rate will do
    Path out = folder.resolve("twin.onnx");
    for (String name : List.of("a/1", "a/2", "b/1", "b/2")) {
      Path file = folder.resolve("trials").resolve(name + ".wav");
      Files.createDirectories(file.getParent());
      Wav.write(file, 16_000, 1, 32_000);
    }

    // When
    CommandLineRun run =
        CommandLineRun.of(
            "models",
            "quantize",
            STARTER,
            out,
            "--calibrate",
            SPEECH,
            "--trials",
            folder.resolve("trials"));

    // Then
    assertEquals(0, run.exitCode(), run.err());
    Model twin = new ModelCatalog(List.of()).find(out.toString());
    assertEquals(256, twin.dimension());
    assertTrue(run.out().contains("36 convolutions, 15 additions, weights of 7 bits"), run.out());
    assertTrue(run.out().contains("sha256             " + twin.fingerprint()), run.out());
    assertTrue(run.out().contains("cosine to float32  0.99"), run.out());
    assertEquals(3, run.out().lines().filter(line -> line.startsWith("EER at 1.5 s")).count());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(2, files.count(), "something was left behind");
    }
  }

  @Test
  void shouldReplaceAModelOfTheManifestAndSayWhatIsToBeCorrectedThere() throws IOException {
    // Given: an installation of this test's own, whose manifest and calibration know another file
    Path models = Files.createDirectories(folder.resolve("models"));
    Path out = models.resolve("turnwise-starter-int8.onnx");
    for (String name : List.of("manifest.json", "turnwise-starter-int8.calibration.json")) {
      Files.copy(STARTER.resolveSibling(name), models.resolve(name));
    }
    Files.write(out, new byte[] {1});
    System.setProperty("turnwise.home", folder.toString());
    CommandLineRun run;
    try {
      // When
      run = CommandLineRun.of("models", "quantize", STARTER, out, "--calibrate", SPEECH);
    } finally {
      System.clearProperty("turnwise.home");
    }

    // Then
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(
        run.err().contains(out + " is the file of turnwise-starter-int8 in the manifest"),
        run.err());
    assertTrue(Files.size(out) > 1_000_000, "it was not replaced");
  }

  @Test
  void shouldNotPutTheTwinInTheModelsPlace() throws IOException {
    // Given
    Path model = Files.copy(STARTER, folder.resolve("model.onnx"));

    // When
    CommandLineRun run =
        CommandLineRun.of("models", "quantize", model, model, "--calibrate", SPEECH);

    // Then
    assertEquals("exit 1, 0 characters, 1 lines", run.shape(), run.err());
    assertTrue(run.err().contains("holds the model that is to be quantized"), run.err());
    assertEquals(Files.mismatch(STARTER, model), -1);
  }

  @Test
  void shouldWriteNothingWhenThereIsNoSound() {
    // Given
    Path out = folder.resolve("twin.onnx");

    // When
    CommandLineRun run =
        CommandLineRun.of("models", "quantize", STARTER, out, "--calibrate", folder);

    // Then
    assertEquals("exit 1, 0 characters, 1 lines", run.shape(), run.err());
    assertTrue(run.err().contains("There is no WAV file below"), run.err());
    assertFalse(Files.exists(out));
  }

  @Test
  void shouldRefuseOtherWeightBits() {
    // Given
    Path out = folder.resolve("twin.onnx");

    // When
    CommandLineRun run =
        CommandLineRun.of(
            "models", "quantize", STARTER, out, "--calibrate", SPEECH, "--weight-bits", "4");

    // Then
    assertEquals("exit 1, 0 characters, 1 lines", run.shape(), run.err());
    assertTrue(run.err().contains("weight bits: 4 is neither 7 nor 8"), run.err());
  }

  @Test
  void shouldSayThatTheFileCannotBeWrittenBeforeAnyWork() {
    // Given: a place that is not there, and no sound, of which only work would complain
    Path out = folder.resolve("nowhere/twin.onnx");

    // When
    CommandLineRun run =
        CommandLineRun.of("models", "quantize", STARTER, out, "--calibrate", folder);

    // Then
    assertEquals("exit 1, 0 characters, 1 lines", run.shape(), run.err());
    assertTrue(run.err().contains("cannot be written to " + out), run.err());
  }
}
