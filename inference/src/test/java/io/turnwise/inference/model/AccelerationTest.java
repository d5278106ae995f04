package io.turnwise.inference.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import io.turnwise.inference.model.ProviderCheck.Outcome;
import io.turnwise.testing.OnnxBytes;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AccelerationTest {
  private static final int SEGMENT = 24_000;
  private static final boolean[] SPEECH = new boolean[SEGMENT / 160];
  private static final Model MODEL =
      new Model("tiny", "f", InputKind.FEATURES, 80, 80, 0.5f, OnnxBytes.features());

  private final FakeProvider fake = new FakeProvider();

  @ParameterizedTest
  @EnumSource(
      value = ProviderChoice.class,
      names = {"AUTO", "COREML", "CUDA", "TENSORRT"})
  void shouldUseAProviderThatAgreesAndIsNoSlower(ProviderChoice choice) {
    try (SpeakerEmbedder embedder = open(choice)) {
      // When
      ProviderCheck check = embedder.provider();

      // Then
      assertEquals(Outcome.PASSED, check.outcome());
      assertEquals(ExecutionProvider.CUDA, check.used());
      assertEquals(choice, check.requested());
      assertFalse(check.fellBack());
      assertEquals(1, check.agreement(), 1e-6);
      assertEquals(1, check.providerMillis());
      assertEquals(10, check.cpuMillis());
      int before = fake.runs;
      assertSameAsCpu(embedder);
      assertEquals(before + 1, fake.runs);
      assertEquals(List.of("cpu"), fake.closed);
    }
    assertEquals(List.of("cpu", "cuda"), fake.closed);
  }

  @Test
  void shouldFallBackWhenTheProviderGivesOtherNumbers() {
    // Given
    fake.answer =
        right -> {
          float[] wrong = right.clone();
          for (int i = 0; i < wrong.length; i += 2) {
            wrong[i] = -wrong[i];
          }
          return wrong;
        };

    // Then
    assertFallsBack(ProviderChoice.CUDA, Outcome.WRONG, "another embedding");
  }

  @Test
  void shouldFallBackBelowACosineOf999Thousandths() {
    fake.answer = right -> turned(right, 0.9989);
    assertFallsBack(ProviderChoice.CUDA, Outcome.WRONG, "another embedding");
  }

  @Test
  void shouldNotFallBackAboveACosineOf999Thousandths() {
    // Given
    fake.answer = right -> turned(right, 0.9991);

    // Then
    try (SpeakerEmbedder embedder = open(ProviderChoice.CUDA)) {
      assertEquals(Outcome.PASSED, embedder.provider().outcome());
      assertEquals(0.9991, embedder.provider().agreement(), 1e-5);
    }
  }

  @Test
  void shouldFallBackWhenTheProviderGivesNoNumbers() {
    fake.answer =
        right -> {
          float[] wrong = right.clone();
          wrong[79] = Float.NaN;
          return wrong;
        };
    assertFallsBack(ProviderChoice.CUDA, Outcome.WRONG, "not finite");
  }

  @Test
  void shouldFallBackWhenTheProviderGivesAnotherDimension() {
    fake.answer = right -> Arrays.copyOf(right, 79);
    assertFallsBack(ProviderChoice.CUDA, Outcome.WRONG, "79 values where the CPU gives 80");
  }

  @Test
  void shouldFallBackWhenTheProviderGivesOnlyZeros() {
    fake.answer = right -> new float[80];
    assertFallsBack(ProviderChoice.CUDA, Outcome.WRONG, "another embedding");
  }

  @Test
  void shouldFallBackWhenTheProviderCannotBeOpened() {
    fake.refusal = () -> new OrtException("no such device\n  at line 1 of the native trace");
    assertFallsBack(ProviderChoice.CUDA, Outcome.REFUSED, "cannot be opened (no such device)");
  }

  @Test
  void shouldFallBackWhenTheProvidersLibraryIsMissing() {
    fake.error = new UnsatisfiedLinkError("libcudnn.so.9");
    assertFallsBack(ProviderChoice.AUTO, Outcome.REFUSED, "libcudnn.so.9");
  }

  @Test
  void shouldFallBackWhenTheProviderFailsToRun() {
    fake.failsFrom = 1;
    assertFallsBack(ProviderChoice.CUDA, Outcome.FAILED, "fails (out of memory)");
  }

  @Test
  void shouldFallBackWhenTheProviderFailsWithABug() {
    fake.answer =
        right -> {
          throw new IllegalStateException("session is gone");
        };
    assertFallsBack(ProviderChoice.CUDA, Outcome.FAILED, "session is gone");
  }

  @Test
  void shouldFallBackFromASlowProviderThatNobodyAskedFor() {
    fake.nanos = 11_000_000;
    assertFallsBack(ProviderChoice.AUTO, Outcome.SLOWER, "slower than the CPU");
  }

  @Test
  void shouldKeepASlowProviderThatWasAskedFor() {
    // Given
    fake.nanos = 11_000_000;

    // Then
    try (SpeakerEmbedder embedder = open(ProviderChoice.CUDA)) {
      assertEquals(Outcome.SLOWER, embedder.provider().outcome());
      assertEquals(ExecutionProvider.CUDA, embedder.provider().used());
      assertFalse(embedder.provider().fellBack());
      assertTrue(
          embedder.provider().toString().contains("11.0 ms a segment, CPU 10.0 ms"),
          embedder.provider().toString());
    }
  }

  @Test
  void shouldNotLetOneSlowRunDecide() {
    // Given the first run after the one that warms up
    fake.slowRun = 2;

    // Then
    try (SpeakerEmbedder embedder = open(ProviderChoice.AUTO)) {
      assertEquals(Outcome.PASSED, embedder.provider().outcome());
      assertEquals(1, embedder.provider().providerMillis());
    }
  }

  @Test
  void shouldFallBackForGoodWhenTheProviderFailsLater() {
    // Given
    try (SpeakerEmbedder embedder = open(ProviderChoice.CUDA)) {
      assertSameAsCpu(embedder);
      fake.failsFrom = fake.runs + 1;

      // When
      assertSameAsCpu(embedder);

      // Then
      assertTrue(embedder.provider().fellBack());
      assertEquals(Outcome.FAILED, embedder.provider().outcome());
      assertTrue(
          embedder.provider().reason().contains("out of memory"), embedder.provider().reason());
      int failed = fake.runs;
      assertSameAsCpu(embedder);
      assertEquals(failed, fake.runs);
      assertEquals(List.of("cpu", "cuda"), fake.closed);
    }
    assertEquals(List.of("cpu", "cuda", "cpu"), fake.closed);
  }

  @Test
  void shouldFallBackOnceWhenSeveralThreadsSeeTheFailure() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (SpeakerEmbedder embedder = open(ProviderChoice.CUDA)) {
      // Given
      fake.failsFrom = fake.runs + 1;
      float[] expected = onCpu(noise());

      // When
      List<Callable<float[]>> calls = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        calls.add(() -> embedder.embed(noise(), SPEECH));
      }

      // Then
      for (Future<float[]> call : threads.invokeAll(calls)) {
        assertArrayEquals(expected, call.get());
      }
      assertEquals(List.of("cpu", "cuda"), fake.closed);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void shouldRefuseUseAfterCloseOnAProvider() {
    // Given
    SpeakerEmbedder embedder = open(ProviderChoice.CUDA);

    // When
    embedder.close();

    // Then
    IllegalStateException refusal =
        assertThrows(IllegalStateException.class, () -> embedder.embed(noise(), SPEECH));
    assertTrue(refusal.getMessage().contains("closed"), refusal.getMessage());
    assertDoesNotThrow(embedder::close);
    assertEquals(List.of("cpu", "cuda"), fake.closed);
  }

  @Test
  void shouldRefuseTheModelOnlyWhereTheCpuDoes() {
    // Given
    byte[] file =
        new OnnxBytes()
            .input("feats", "B", "T", 80)
            .output("embs", "B", 80)
            .node("NoSuchOperator", "embs", "feats")
            .file();
    Model broken = new Model("broken", "f", InputKind.FEATURES, 80, 80, 0.5f, file);

    // Then
    assertThrows(
        UnusableModel.class,
        () ->
            SpeakerEmbedder.open(
                broken, SEGMENT, ProviderChoice.CUDA, ExecutionProvider.CUDA, fake.acceleration()));
  }

  @ParameterizedTest
  @EnumSource(
      value = ProviderChoice.class,
      names = {"COREML", "CUDA", "TENSORRT"})
  void shouldFallBackWhereTheRuntimeHasNoSuchProvider(ProviderChoice choice) {
    // Given the runtime itself, which on the machines that build this is the CPU's
    try (SpeakerEmbedder embedder = SpeakerEmbedder.open(MODEL, SEGMENT, choice)) {
      // Then
      assertArrayEquals(onCpu(noise()), embedder.embed(noise(), SPEECH), 1e-2f);
      assertEquals(choice, embedder.provider().requested());
      if (embedder.provider().fellBack()) {
        assertTrue(
            embedder.provider().reason().contains(choice.toString()), embedder.provider().reason());
      }
    }
  }

  @Test
  void shouldCompareNothingOnTheCpu() {
    try (SpeakerEmbedder embedder =
        SpeakerEmbedder.open(
            MODEL,
            SEGMENT,
            ProviderChoice.CPU,
            ProviderChoice.CPU.candidate(),
            fake.acceleration())) {
      assertEquals(Outcome.NOT_NEEDED, embedder.provider().outcome());
      assertEquals(0, fake.cpuRuns);
    }
  }

  @Test
  void shouldChooseByMachineAndRuntime() {
    assertEquals(
        ExecutionProvider.CORE_ML, ExecutionProvider.preferred("Mac OS X", "aarch64", false));
    assertEquals(ExecutionProvider.CPU, ExecutionProvider.preferred("Mac OS X", "x86_64", false));
    assertEquals(ExecutionProvider.CPU, ExecutionProvider.preferred("Linux", "aarch64", false));
    assertEquals(ExecutionProvider.CPU, ExecutionProvider.preferred("Windows 11", "amd64", false));
    assertEquals(ExecutionProvider.CUDA, ExecutionProvider.preferred("Linux", "amd64", true));
  }

  @Test
  void shouldNameAllChoicesWhenOneIsUnknown() {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> ProviderChoice.of("gpu"));
    assertEquals(
        "provider: gpu is none of auto, cpu, coreml, cuda, tensorrt", refusal.getMessage());
    for (String word : ProviderChoice.words()) {
      assertEquals(word, ProviderChoice.of(word).toString());
    }
  }

  private SpeakerEmbedder open(ProviderChoice choice) {
    return SpeakerEmbedder.open(
        MODEL, SEGMENT, choice, ExecutionProvider.CUDA, fake.acceleration());
  }

  private void assertFallsBack(ProviderChoice choice, Outcome outcome, String why) {
    try (SpeakerEmbedder embedder = open(choice)) {
      ProviderCheck check = embedder.provider();
      assertEquals(outcome, check.outcome());
      assertEquals(ExecutionProvider.CPU, check.used());
      assertEquals(ExecutionProvider.CUDA, check.tried());
      assertTrue(check.fellBack());
      assertTrue(check.reason().contains(why), check.reason());
      assertEquals(1, check.reason().lines().count(), check.reason());
      assertSameAsCpu(embedder);
      assertEquals(outcome == Outcome.REFUSED ? List.of() : List.of("cuda"), fake.closed);
    }
    assertEquals("cpu", fake.closed.get(fake.closed.size() - 1));
  }

  private static void assertSameAsCpu(SpeakerEmbedder embedder) {
    assertArrayEquals(onCpu(noise()), embedder.embed(noise(), SPEECH));
  }

  private static float[] onCpu(float[] samples) {
    try (SpeakerEmbedder cpu = SpeakerEmbedder.open(MODEL, SEGMENT, ProviderChoice.CPU)) {
      return cpu.embed(samples, SPEECH);
    }
  }

  private static float[] noise() {
    Random random = new Random(5);
    float[] noise = new float[SEGMENT];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (random.nextFloat() - 0.5f) * 0.2f;
    }
    return noise;
  }

  /** A vector of which the cosine with the given one is {@code cosine}. */
  private static float[] turned(float[] vector, double cosine) {
    // any direction made orthogonal to the vector
    double[] across = new double[vector.length];
    double dot = 0;
    double length = 0;
    for (int i = 0; i < vector.length; i++) {
      across[i] = i % 2 == 0 ? 1 : -1;
      dot += across[i] * vector[i];
      length += (double) vector[i] * vector[i];
    }
    double orthogonal = 0;
    for (int i = 0; i < vector.length; i++) {
      across[i] -= dot / length * vector[i];
      orthogonal += across[i] * across[i];
    }
    double weight = Math.sqrt(1 / (cosine * cosine) - 1) * Math.sqrt(length / orthogonal);
    float[] turned = new float[vector.length];
    for (int i = 0; i < vector.length; i++) {
      turned[i] = (float) (vector[i] + weight * across[i]);
    }
    return turned;
  }

  /** Stands in for what cannot run here: the CPU's numbers, spoilt, on a clock of its own. */
  private static final class FakeProvider {
    interface Answer {
      float[] instead(float[] right);
    }

    interface Refusal {
      OrtException get();
    }

    Answer answer = right -> right;
    Refusal refusal;
    Error error;
    int failsFrom = Integer.MAX_VALUE;
    int slowRun = -1;
    long nanos = 1_000_000;
    volatile int runs;
    int cpuRuns;
    final List<String> closed = new ArrayList<>();
    private long now;

    Acceleration acceleration() {
      return new Acceleration(
          (file, contract, fixed, provider) -> {
            Network network = OnnxNetwork.open(file, contract, fixed, ExecutionProvider.CPU);
            if (provider == ExecutionProvider.CPU) {
              return new Fake(network, provider);
            }
            if (refusal != null) {
              network.close();
              throw refusal.get();
            }
            if (error != null) {
              network.close();
              throw error;
            }
            return new Fake(network, provider);
          },
          () -> now);
    }

    private final class Fake implements Network {
      private final Network network;
      private final ExecutionProvider provider;

      Fake(Network network, ExecutionProvider provider) {
        this.network = network;
        this.provider = provider;
      }

      @Override
      public float[] run(FloatBuffer audio, long[] shape, FloatBuffer weights, long[] weightsShape)
          throws OrtException {
        float[] right = network.run(audio, shape, weights, weightsShape);
        synchronized (FakeProvider.this) {
          if (provider == ExecutionProvider.CPU) {
            cpuRuns++;
            now += 10_000_000;
            return right;
          }
          runs++;
          now += runs == slowRun ? 1_000_000_000 : nanos;
          if (runs >= failsFrom) {
            throw new OrtException("out of memory");
          }
          return answer.instead(right);
        }
      }

      @Override
      public void close() {
        network.close();
        synchronized (FakeProvider.this) {
          closed.add(provider.toString());
        }
      }
    }
  }
}
