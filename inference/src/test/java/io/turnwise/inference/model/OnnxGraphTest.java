package io.turnwise.inference.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.testing.OnnxBytes;
import io.turnwise.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxGraphTest {
  @Test
  void shouldReadInputsOutputsAndMetadata() {
    // Given
    byte[] file =
        new OnnxBytes()
            .input("feats", "B", "", 80)
            .output("embs", "B", 256)
            .metadata("sample_rate", "16000")
            .file();

    // When
    OnnxGraph graph = OnnxGraph.read(file);

    // Then
    assertEquals("[feats [B, ?, 80]]", graph.inputs().toString());
    assertEquals("[embs [B, 256]]", graph.outputs().toString());
    assertEquals(Map.of("sample_rate", "16000"), graph.metadata());
    assertEquals(List.of(), graph.externalTensors());
  }

  @Test
  void shouldNotTakeInitializersForInputs() {
    // Given
    byte[] file = new OnnxBytes().input("feats", 1, 9, 80).input("w", 1).initializer("w").file();

    // Then
    assertEquals("[feats [1, 9, 80]]", OnnxGraph.read(file).inputs().toString());
  }

  @Test
  void shouldFindTensorsInOtherFilesWhereverTheyHide() {
    // Given
    byte[] file =
        new OnnxBytes()
            .externalInitializer("initializer")
            .externalSparseInitializer("sparse initializer")
            .externalConstantInBranch("constant in a branch")
            .externalInitializerInBranch("initializer in a branch")
            .externalTensorsInAttribute("list in an attribute")
            .externalConstantInFunction("constant in a function")
            .file();

    // Then
    assertEquals(
        List.of(
            "initializer",
            "sparse initializer",
            "constant in a branch",
            "initializer in a branch",
            "list in an attribute",
            "constant in a function"),
        OnnxGraph.read(file).externalTensors());
  }

  @Test
  void shouldFindOperatorsThatNeitherTheRuntimeNorTheFileDefines() {
    // Given
    byte[] file =
        new OnnxBytes()
            .node("Relu", "a", "x")
            .foreignNode("com.microsoft", "QGemm", "b", "a")
            .function("pkg.mine", "Same")
            .foreignNode("pkg.mine", "Same", "c", "b")
            .foreignNode("my.ops", "Steal", "d", "c")
            .file();

    // Then
    assertEquals(Set.of("my.ops"), OnnxGraph.read(file).foreignDomains());
  }

  @ParameterizedTest
  @CsvSource({"2147483647, 2147483647", "65536, 65536", "17, 1"})
  void shouldRefuseTensorsLargerThanTheirValues(int rows, int columns) {
    // Given four bytes, which hold at most 16 values of the smallest type
    byte[] file = new OnnxBytes().hollowInitializer("w", rows, columns).file();

    // Then
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> OnnxGraph.read(file));
    assertTrue(refusal.getMessage().contains("'w'"), refusal.getMessage());
  }

  @Test
  void shouldRefuseTensorsWhoseSizeOverflows() {
    byte[] file = new OnnxBytes().hollowInitializer("w", 1 << 30, 1 << 30, 1 << 30, 4).file();
    assertThrows(IllegalArgumentException.class, () -> OnnxGraph.read(file));
  }

  @Test
  void shouldTakeTensorsWithoutElements() {
    byte[] file = new OnnxBytes().hollowInitializer("w", 1 << 30, 0, 1 << 30).file();
    assertEquals(List.of(), OnnxGraph.read(file).externalTensors());
  }

  @Test
  void shouldReadPyannotesExport() throws IOException {
    // Given
    byte[] file =
        Files.readAllBytes(Shared.require("reference/wespeaker_resnet34_lm.graph_only.onnx"));

    // When
    OnnxGraph graph = OnnxGraph.read(file);

    // Then
    assertEquals(
        "[fbank [batch, num_frames, 80], weights [batch, num_weights]]", graph.inputs().toString());
    assertEquals("[embedding [batch, 256]]", graph.outputs().toString());
    assertEquals(58, graph.externalTensors().size());
  }

  @Test
  void shouldRefuseEveryTruncation() {
    byte[] whole = OnnxBytes.features();
    // cut within the graph; the operator set behind it may be missing without harm
    for (int length = 0; length < whole.length - 10; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThrows(IllegalArgumentException.class, () -> OnnxGraph.read(cut));
    }
  }

  @Test
  void shouldRefuseNestingWithoutEnd() {
    // Given
    byte[] file = new byte[0];
    for (int i = 0; i < 40; i++) {
      file = wrapped(1, wrapped(5, wrapped(6, file)));
    }
    byte[] deep = wrapped(7, file);

    // Then
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> OnnxGraph.read(deep));
    assertTrue(refusal.getMessage().contains("nests"), refusal.getMessage());
  }

  @Test
  void shouldReadOrRefuseWhateverTheBytes() {
    long seed = 1729;
    Random random = new Random(seed);
    byte[] whole = OnnxBytes.featuresAndWeights();
    for (int round = 0; round < 20_000; round++) {
      // Given
      byte[] spoilt = whole.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt();
      }

      // Then
      try {
        Contract.of(OnnxGraph.read(spoilt));
      } catch (IllegalArgumentException expected) {
        // what cannot be read is refused
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
  }

  private static byte[] wrapped(int field, byte[] body) {
    byte[] head =
        body.length < 128
            ? new byte[] {(byte) (field << 3 | 2), (byte) body.length}
            : new byte[] {
              (byte) (field << 3 | 2), (byte) (body.length & 0x7f | 0x80), (byte) (body.length >> 7)
            };
    byte[] message = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, message, head.length, body.length);
    return message;
  }

  @Test
  void shouldRefuseFunctionsThatUnfoldWithoutEnd() {
    // Given functions of which each calls the next one twice, and the last nobody, or the first
    OnnxBytes unfolding = new OnnxBytes().foreignNode("mine", "f0", "b", "a");
    OnnxBytes recursive = new OnnxBytes().foreignNode("mine", "f0", "b", "a");
    OnnxBytes deep = new OnnxBytes().foreignNode("mine", "f0", "b", "a");
    for (int i = 0; i < 30; i++) {
      unfolding.functionTwice("mine", "f" + i, "f" + (i + 1));
      recursive.functionTwice("mine", "f" + i, "f" + (i + 1) % 30);
    }
    for (int i = 0; i < 100_000; i++) {
      deep.functionTwice("mine", "f" + i, "f" + (i + 1));
    }

    // When, Then
    assertRefused("1000000 nodes", unfolding.function("mine", "f30").file());
    assertRefused("call themselves", recursive.file());
    assertRefused("64 deep", deep.file());
  }

  @Test
  void shouldReadFunctionsThatUnfoldToFewNodes() {
    OnnxBytes graph = new OnnxBytes().foreignNode("mine", "f0", "b", "a");
    for (int i = 0; i < 10; i++) {
      graph.functionTwice("mine", "f" + i, "f" + (i + 1));
    }
    assertEquals(Set.of(), OnnxGraph.read(graph.function("mine", "f10").file()).foreignDomains());
  }

  private static void assertRefused(String why, byte[] file) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> OnnxGraph.read(file));
    assertTrue(refusal.getMessage().contains(why), refusal.getMessage());
  }
}
