package io.turnwise.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.testing.TinyResNet34;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportTest {
  @TempDir Path folder;
  private Path weights;
  private Path out;

  @BeforeEach
  void writeWeights() throws Exception {
    weights = Files.write(folder.resolve("weights.npz"), TinyResNet34.golden().mlx());
    out = folder.resolve("tiny.onnx");
  }

  @Test
  void shouldWriteAModelThatIsFoundByItsPathAndSayWhatItIs() {
    // When
    CommandLineRun run = CommandLineRun.of("models", "import", weights, out);

    // Then
    assertEquals(0, run.exitCode(), run.err());
    Model model = new ModelCatalog(List.of()).find(out.toString());
    assertEquals(TinyResNet34.DIMENSION, model.dimension());
    assertEquals(
        List.of(
            "name        tiny",
            "file        " + out,
            "sha256      " + model.fingerprint(),
            "dimension   12",
            "width       3",
            "parameters  " + parameters()),
        run.out().lines().toList());
    assertTrue(run.err().contains("turnwise demo --model " + out), run.err());
  }

  /** Kernels, two numbers a channel for each normalisation, the linear layer. */
  private static int parameters() {
    int inputs = TinyResNet34.WIDTH;
    int count = 9 * inputs + 2 * inputs;
    int[] blocks = {3, 4, 6, 3};
    for (int stage = 0; stage < 4; stage++) {
      int outputs = TinyResNet34.WIDTH << stage;
      for (int block = 0; block < blocks[stage]; block++) {
        count += 9 * inputs * outputs + 2 * outputs + 9 * outputs * outputs + 2 * outputs;
        count += inputs == outputs ? 0 : inputs * outputs + 2 * outputs;
        inputs = outputs;
      }
    }
    return count + TinyResNet34.DIMENSION * (160 * TinyResNet34.WIDTH + 1);
  }

  @Test
  void shouldWriteAModelThatOtherCommandsTake() throws Exception {
    // Given
    Path call = Wav.write(folder.resolve("call.wav"), 16_000, 1, 32_000);
    CommandLineRun.of("models", "import", weights, out);

    // When
    CommandLineRun run =
        CommandLineRun.of("embed", call, "--start", 0, "--duration", 1.5, "--model", out);

    // Then
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().startsWith("{\"model\":\"tiny\",\"dim\":12,\"embedding\":["), run.out());
  }

  @Test
  void shouldReplaceAFileOnlyWhereToldTo() throws Exception {
    // Given
    Files.writeString(out, "precious");

    // When
    CommandLineRun refused = CommandLineRun.of("models", "import", weights, out);

    // Then
    assertSentence("tiny.onnx exists", refused);
    assertEquals("precious", Files.readString(out));

    // When
    CommandLineRun forced = CommandLineRun.of("models", "import", weights, out, "--force");

    // Then
    assertEquals(0, forced.exitCode(), forced.err());
    assertTrue(Files.size(out) > 100_000);
  }

  @Test
  void shouldLeaveEverythingAsItWasWhereTheWeightsAreWrong() throws Exception {
    // Given
    Files.write(weights, TinyResNet34.golden().without("layer2.0.shortcut.1.bias").mlx());
    Files.writeString(out, "precious");

    // When
    CommandLineRun run = CommandLineRun.of("models", "import", weights, out, "--force");

    // Then
    assertSentence("weights.npz is no ResNet34 that can be imported: it lacks layer2.0.", run);
    assertEquals("precious", Files.readString(out));
    assertEquals(List.of("tiny.onnx", "weights.npz"), files());
  }

  @Test
  void shouldNotPutAModelInPlaceThatDoesNotEmbed() throws Exception {
    // Given: every number is finite, and their products are not
    TinyResNet34 network = TinyResNet34.golden();
    for (String norm : List.of("bn1.weight", "layer1.0.bn1.weight", "layer1.0.bn2.weight")) {
      network.with(norm, 0, 1e30f);
    }
    Files.write(weights, network.safetensors("resnet."));

    // When
    CommandLineRun run = CommandLineRun.of("models", "import", weights, out);

    // Then
    assertSentence("does not embed noise", run);
    assertEquals(List.of("weights.npz"), files());
  }

  @Test
  void shouldLeaveNothingBesideTheModel() throws Exception {
    CommandLineRun.of("models", "import", weights, out);

    assertEquals(List.of("tiny.onnx", "weights.npz"), files());
  }

  @Test
  void shouldWriteTheSameFileFromBothLayouts() throws Exception {
    // Given
    Path torch =
        Files.write(
            folder.resolve("model.safetensors"), TinyResNet34.golden().safetensors("resnet."));
    Path other = folder.resolve("other.onnx");

    // When
    CommandLineRun.of("models", "import", weights, out);
    CommandLineRun.of("models", "import", torch, other);

    // Then
    assertArrayEquals(Files.readAllBytes(out), Files.readAllBytes(other));
  }

  @Test
  void shouldTellInOneSentenceWhatCannotBeDone() {
    assertSentence("does not exist", importing(folder.resolve("none.npz"), out));
    assertSentence("end with .onnx", importing(weights, folder.resolve("model.bin")));
    assertSentence("There is no folder", importing(weights, folder.resolve("no/model.onnx")));
  }

  @Test
  void shouldTellMisuseApart() {
    assertEquals(2, CommandLineRun.of("models", "import", weights).exitCode());
    assertEquals(2, CommandLineRun.of("models").exitCode());
  }

  @Test
  void shouldExplainItselfWithExamples() {
    CommandLineRun run = CommandLineRun.of("models", "import", "--help");

    assertEquals(0, run.exitCode());
    assertTrue(run.out().contains("Usage: turnwise models import"), run.out());
    assertTrue(run.out().contains("Examples:\n  turnwise models import"), run.out());
  }

  private static CommandLineRun importing(Path from, Path to) {
    return CommandLineRun.of("models", "import", from, to);
  }

  private static void assertSentence(String part, CommandLineRun run) {
    assertEquals("exit 1, 0 characters, 1 lines", run.shape(), run.err());
    assertTrue(run.err().contains(part), run.err());
  }

  private List<String> files() throws Exception {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
