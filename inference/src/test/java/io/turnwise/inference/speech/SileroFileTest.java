package io.turnwise.inference.speech;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.inference.model.UnusableModel;
import io.turnwise.testing.OnnxBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the gate does with files, on a network of Silero's inputs and outputs. */
class SileroFileTest {
  private static final int SEGMENT = 24_000;

  @TempDir Path folder;

  @Test
  void shouldLoadANetworkOfItsContract() throws IOException {
    // Given one whose probability is the loudest sample
    float[] loud = new float[SEGMENT];
    Arrays.fill(loud, 0.9f);
    try (SpeechGate.Factory gates = load(silero("ReduceMax").file())) {
      // Then
      assertTrue(gates.start().decide(loud, SEGMENT)[75]);
    }
  }

  @Test
  void shouldRefuseTensorsInOtherFiles() {
    assertRefused(silero("ReduceMax").externalInitializer("lstm.weight"), "'lstm.weight'");
    assertRefused(silero("ReduceMax").externalConstantInBranch("16k.weight"), "'16k.weight'");
  }

  @Test
  void shouldRefuseOperatorsOfALibrary() {
    assertRefused(silero("ReduceMax").foreignNode("my.ops", "Spy", "spied", "input"), "[my.ops]");
  }

  @Test
  void shouldRefuseAFileThatIsTruncated() {
    byte[] whole = silero("ReduceMax").file();
    UnusableModel refusal =
        assertThrows(UnusableModel.class, () -> load(Arrays.copyOf(whole, whole.length / 2)));
    assertTrue(refusal.getMessage().contains("breaks off"), refusal.getMessage());
  }

  @Test
  void shouldRefuseANetworkThatGivesNoNumbers() {
    // Given the logarithm of less than nothing
    OnnxBytes onnx =
        silero("ReduceMin", "lowest")
            .initializer("less", new int[] {1}, -1)
            .node("Add", "below", "lowest", "less")
            .node("Log", "output", "below");

    // Then
    assertRefused(onnx, "not finite");
  }

  @Test
  void shouldRefuseUseAfterClose() throws IOException {
    // Given
    SpeechGate.Factory gates = load(silero("ReduceMax").file());
    SpeechGate gate = gates.start();

    // When
    gates.close();

    // Then
    IllegalStateException refusal =
        assertThrows(IllegalStateException.class, () -> gate.decide(new float[SEGMENT], SEGMENT));
    assertEquals("the speech gate 'silero' is closed", refusal.getMessage());
    assertDoesNotThrow(gates::close);
  }

  @Test
  void shouldLetDecisionsUnderWayFinishBeforeClosing() throws Exception {
    // Given
    SpeechGate.Factory gates = load(silero("ReduceMax").file());
    ExecutorService threads = Executors.newFixedThreadPool(3);
    CountDownLatch busy = new CountDownLatch(3);
    try {
      List<Future<Integer>> loops = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        loops.add(
            threads.submit(
                () -> {
                  for (int done = 0; ; done++) {
                    try {
                      gates.start().decide(new float[SEGMENT], SEGMENT);
                      if (done == 0) {
                        busy.countDown();
                      }
                    } catch (IllegalStateException closed) {
                      return done;
                    }
                  }
                }));
      }
      busy.await();

      // When
      gates.close();

      // Then
      for (Future<Integer> loop : loops) {
        assertTrue(loop.get() > 0);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private void assertRefused(OnnxBytes onnx, String why) {
    UnusableModel refusal = assertThrows(UnusableModel.class, () -> load(onnx.file()));
    assertTrue(refusal.getMessage().contains("vad.onnx"), refusal.getMessage());
    assertTrue(refusal.getMessage().contains(why), refusal.getMessage());
  }

  private SpeechGate.Factory load(byte[] file) throws IOException {
    return SpeechGates.named("silero:" + Files.write(folder.resolve("vad.onnx"), file));
  }

  private static OnnxBytes silero(String operator) {
    return silero(operator, "output");
  }

  private static OnnxBytes silero(String operator, String reduced) {
    return new OnnxBytes()
        .input("input", 1, 576)
        .input("state", 2, 1, 128)
        .inputOf(7, "sr")
        .output("output", 1, 1)
        .output("stateN", 2, 1, 128)
        .reduce(operator, "input", reduced, true)
        .node("Identity", "stateN", "state");
  }
}
