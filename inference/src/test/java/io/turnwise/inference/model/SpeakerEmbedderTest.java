package io.turnwise.inference.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import io.turnwise.inference.features.Fbank;
import io.turnwise.testing.OnnxBytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpeakerEmbedderTest {
  private static final int SEGMENT = 24_000;
  private static final boolean[] SPEECH = everywhere(SEGMENT / 160);

  @Test
  void shouldGiveTheModelTheCentredFeatures() {
    // Given
    float[] samples = noise(1, SEGMENT);

    // When
    float[] embedding = embedOnce(model(InputKind.FEATURES), samples, SPEECH);

    // Then
    float[] features = new Fbank().computeCentred(samples, 0, SEGMENT).values();
    float[] largest = new float[80];
    Arrays.fill(largest, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < features.length; i++) {
      largest[i % 80] = Math.max(largest[i % 80], features[i]);
    }
    assertArrayEquals(largest, embedding);
  }

  @Test
  void shouldGiveTheModelTheSamplesThemselves() {
    // Given
    float[] samples = noise(1, SEGMENT);
    samples[17_000] = 0.99f;

    // Then
    assertArrayEquals(new float[] {0.99f}, embedOnce(model(InputKind.WAVEFORM), samples, SPEECH));
  }

  @Test
  void shouldWeighFramesBySpeech() {
    // Given
    float[] samples = noise(1, SEGMENT);
    boolean[] half = new boolean[SPEECH.length];
    Arrays.fill(half, 0, half.length / 2, true);

    // When
    float[] full = embedOnce(model(InputKind.FEATURES_AND_WEIGHTS), samples, SPEECH);
    float[] weighed = embedOnce(model(InputKind.FEATURES_AND_WEIGHTS), samples, half);

    // Then
    for (int i = 0; i < full.length; i++) {
      assertEquals(full[i] / 2, weighed[i], 1e-6);
    }
  }

  @ParameterizedTest
  @EnumSource(InputKind.class)
  void shouldGiveTheSameForAnyLengthAsForOne(InputKind kind) {
    float[] samples = noise(3, SEGMENT);
    try (SpeakerEmbedder fixed = SpeakerEmbedder.open(model(kind), SEGMENT);
        SpeakerEmbedder any = SpeakerEmbedder.openForAnyLength(model(kind))) {
      assertArrayEquals(fixed.embed(samples, SPEECH), any.embed(samples, SPEECH));
      assertEquals(model(kind).dimension(), any.embed(noise(4, 16_000), everywhere(100)).length);
    }
  }

  @ParameterizedTest
  @EnumSource(InputKind.class)
  void shouldFailWhenTheEmbeddingHasNoDirection(InputKind kind) {
    EmbeddingFailed failure =
        assertThrows(
            EmbeddingFailed.class, () -> embedOnce(model(kind), new float[SEGMENT], SPEECH));
    assertTrue(failure.getMessage().contains("only zeros"), failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {192, 256, 512})
  void shouldTakeEmbeddingsOfAnyDimension(int dimension) {
    // Given a graph that picks its values out of the largest of each bin, over and over
    long[] picked = IntStream.range(0, dimension).mapToLong(i -> i % 80).toArray();
    byte[] file =
        new OnnxBytes()
            .input("feats", "B", "T", 80)
            .output("embs", "B", dimension)
            .reduce("ReduceMax", "feats", "largest", false)
            .longs("picked", picked)
            .node("Gather", "embs", List.of("largest", "picked"), "axis", 1)
            .file();
    Model model = new Model("m", "f", InputKind.FEATURES, 80, dimension, 0.5f, file);
    float[] samples = noise(1, SEGMENT);

    // When
    float[] embedding = embedOnce(model, samples, SPEECH);

    // Then
    float[] largest = embedOnce(model(InputKind.FEATURES), samples, SPEECH);
    assertEquals(dimension, embedding.length);
    for (int i = 0; i < dimension; i++) {
      assertEquals(largest[i % 80], embedding[i]);
    }
  }

  @Test
  void shouldCopeWithDimensionsThatHaveNoName() {
    // Given
    byte[] file =
        new OnnxBytes()
            .input("feats", "", "", "")
            .output("embs", "", 80)
            .reduce("ReduceMax", "feats", "embs", false)
            .file();

    // Then
    assertEquals(80, embedOnce(model(InputKind.FEATURES, file), noise(1, SEGMENT), SPEECH).length);
  }

  @Test
  void shouldCopeWithOneNameForTwoDimensions() {
    // Given
    byte[] file =
        new OnnxBytes()
            .input("feats", "N", "N", 80)
            .output("embs", "N", 80)
            .reduce("ReduceMax", "feats", "embs", false)
            .file();

    // Then
    assertEquals(80, embedOnce(model(InputKind.FEATURES, file), noise(1, SEGMENT), SPEECH).length);
  }

  @Test
  void shouldFixEveryNamedDimension() {
    // Given
    Contract contract = Contract.of(OnnxGraph.read(OnnxBytes.featuresAndWeights()));

    // Then
    assertEquals(
        Map.of("batch", 1L, "num_frames", 148L, "num_weights", 150L),
        contract.fixed(SEGMENT, SPEECH.length));
  }

  @Test
  void shouldRefuseAModelOfAnotherFixedLength() {
    // Given
    byte[] file =
        new OnnxBytes()
            .input("feats", 1, 200, 80)
            .output("embs", 1, 80)
            .reduce("ReduceMax", "feats", "embs", false)
            .file();

    // Then
    UnusableModel refusal =
        assertThrows(
            UnusableModel.class,
            () -> SpeakerEmbedder.open(model(InputKind.FEATURES, file), SEGMENT).close());
    assertTrue(refusal.getMessage().contains("[1, 200, 80]"), refusal.getMessage());
    assertTrue(refusal.getMessage().contains("[1, 148, 80]"), refusal.getMessage());
  }

  @Test
  void shouldRefuseAFileTheRuntimeCannotRun() {
    // Given
    byte[] file =
        new OnnxBytes()
            .input("feats", "B", "T", 80)
            .output("embs", "B", 80)
            .node("NoSuchOperator", "embs", "feats")
            .file();

    // Then
    UnusableModel refusal =
        assertThrows(
            UnusableModel.class,
            () -> SpeakerEmbedder.open(model(InputKind.FEATURES, file), SEGMENT).close());
    assertTrue(refusal.getMessage().contains("NoSuchOperator"), refusal.getMessage());
  }

  @Test
  void shouldRefuseAModelWhoseRunDoesNotEnd() {
    // Given
    byte[] endless = OnnxBytes.endless();
    Contract contract = Contract.of(OnnxGraph.read(endless));

    // When
    OrtException refusal =
        assertThrows(
            OrtException.class,
            () ->
                OnnxNetwork.open(
                    endless, contract, Map.of(), ExecutionProvider.CPU, Duration.ofSeconds(2)));

    // Then
    assertTrue(refusal.getMessage().contains("does not end within 2 s"), refusal.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1000})
  void shouldRefuseAModelThatGivesNothingOrMoreThanAnEmbedding(int times) {
    // Given a graph that does not say how much it gives
    byte[] graph =
        new OnnxBytes()
            .input("feats", "B", "T", 80)
            .output("embs", "B", "D")
            .longs("times", 1, times)
            .reduce("ReduceMax", "feats", "largest", false)
            .node("Tile", "embs", "largest", "times")
            .file();

    // When
    OrtException refusal =
        assertThrows(
            OrtException.class,
            () ->
                SpeakerEmbedder.probeDimension(
                    graph, Contract.of(OnnxGraph.read(graph)), ShortInput.AS_IT_IS));

    // Then
    assertTrue(refusal.getMessage().contains("gives " + 80 * times), refusal.getMessage());
  }

  @Test
  void shouldRunTheOnnxModelThatWasCheckedWhenTheFileLooksLikeTheRuntimesOwnFormat() {
    // Given a field that ONNX does not know, so that the runtime's mark lies where it looks for it
    byte[] model = OnnxBytes.features();
    byte[] mark = {(byte) 0xa2, 0x06, 5, 0, 'O', 'R', 'T', 'M'};
    byte[] marked = Arrays.copyOf(mark, mark.length + model.length);
    System.arraycopy(model, 0, marked, mark.length, model.length);
    float[] samples = noise(1, SEGMENT);

    // When
    float[] embedding = embedOnce(model(InputKind.FEATURES, marked), samples, SPEECH);

    // Then
    assertArrayEquals(embedOnce(model(InputKind.FEATURES), samples, SPEECH), embedding);
  }

  @Test
  void shouldNameBothLengthsWhenTheStretchHasAnother() {
    try (SpeakerEmbedder embedder = SpeakerEmbedder.open(model(InputKind.FEATURES), SEGMENT)) {
      IllegalArgumentException refusal =
          assertThrows(
              IllegalArgumentException.class, () -> embedder.embed(new float[16_000], SPEECH));
      assertTrue(refusal.getMessage().contains("16000"), refusal.getMessage());
      assertTrue(refusal.getMessage().contains("24000"), refusal.getMessage());
    }
  }

  @Test
  void shouldNameBothCountsWhenTheFlagsDoNotFit() {
    try (SpeakerEmbedder embedder =
        SpeakerEmbedder.open(model(InputKind.FEATURES_AND_WEIGHTS), SEGMENT)) {
      IllegalArgumentException refusal =
          assertThrows(
              IllegalArgumentException.class,
              () -> embedder.embed(new float[SEGMENT], new boolean[148]));
      assertTrue(refusal.getMessage().contains("148"), refusal.getMessage());
      assertTrue(refusal.getMessage().contains("150"), refusal.getMessage());
    }
  }

  @Test
  void shouldFailOnFewerThanNineFrames() {
    try (SpeakerEmbedder any = SpeakerEmbedder.openForAnyLength(model(InputKind.FEATURES))) {
      int nineFrames = 400 + 8 * 160;
      assertEquals(80, any.embed(noise(1, nineFrames), new boolean[10]).length);
      assertThrows(
          EmbeddingFailed.class, () -> any.embed(noise(1, nineFrames - 1), new boolean[10]));
      assertThrows(EmbeddingFailed.class, () -> any.embed(new float[0], new boolean[0]));
    }
  }

  @Test
  void shouldFailWhenTheOutputIsNotFinite() {
    Model model = model(InputKind.FEATURES, OnnxBytes.notANumber());
    try (SpeakerEmbedder embedder = SpeakerEmbedder.open(model, SEGMENT)) {
      assertThrows(EmbeddingFailed.class, () -> embedder.embed(noise(1, SEGMENT), SPEECH));
    }
  }

  @Test
  void shouldFailWhenTheOutputHasAnotherDimension() {
    Model model = new Model("m", "f", InputKind.FEATURES, 80, 79, 0.5f, OnnxBytes.features());
    try (SpeakerEmbedder embedder = SpeakerEmbedder.open(model, SEGMENT)) {
      assertThrows(EmbeddingFailed.class, () -> embedder.embed(noise(1, SEGMENT), SPEECH));
    }
  }

  @ParameterizedTest
  @EnumSource(InputKind.class)
  void shouldGiveEveryThreadWhatOneThreadGets(InputKind kind) throws Exception {
    // Given
    List<float[]> stretches = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      stretches.add(noise(i, SEGMENT));
    }
    try (SpeakerEmbedder embedder = SpeakerEmbedder.open(model(kind), SEGMENT)) {
      List<float[]> alone = stretches.stream().map(s -> embedder.embed(s, SPEECH)).toList();
      ExecutorService threads = Executors.newFixedThreadPool(4);
      try {
        // When
        List<Future<float[]>> together =
            threads.invokeAll(
                stretches.stream()
                    .<Callable<float[]>>map(s -> () -> embedder.embed(s, SPEECH))
                    .toList());

        // Then
        for (int i = 0; i < alone.size(); i++) {
          assertArrayEquals(alone.get(i), together.get(i).get());
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }

  @Test
  void shouldRefuseUseAfterClose() {
    // Given
    SpeakerEmbedder embedder = SpeakerEmbedder.open(model(InputKind.FEATURES), SEGMENT);

    // When
    embedder.close();

    // Then
    assertThrows(IllegalStateException.class, () -> embedder.embed(noise(1, SEGMENT), SPEECH));
    assertDoesNotThrow(embedder::close);
  }

  @Test
  void shouldLetEmbeddingsUnderWayFinishBeforeClosing() throws Exception {
    // Given
    SpeakerEmbedder embedder = SpeakerEmbedder.open(model(InputKind.FEATURES), SEGMENT);
    float[] samples = noise(1, SEGMENT);
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
                      embedder.embed(samples, SPEECH);
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
      embedder.close();

      // Then
      for (Future<Integer> loop : loops) {
        assertTrue(loop.get() > 0);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static float[] embedOnce(Model model, float[] samples, boolean[] speech) {
    try (SpeakerEmbedder embedder = SpeakerEmbedder.open(model, samples.length)) {
      return embedder.embed(samples, speech);
    }
  }

  private static Model model(InputKind kind) {
    return switch (kind) {
      case FEATURES -> model(kind, OnnxBytes.features());
      case FEATURES_AND_WEIGHTS -> model(kind, OnnxBytes.featuresAndWeights());
      case WAVEFORM -> new Model("tiny", "f", kind, 0, 1, 0.5f, OnnxBytes.waveform());
    };
  }

  private static Model model(InputKind kind, byte[] file) {
    return new Model("tiny", "f", kind, 80, 80, 0.5f, file);
  }

  private static boolean[] everywhere(int flags) {
    boolean[] speech = new boolean[flags];
    Arrays.fill(speech, true);
    return speech;
  }

  private static float[] noise(long seed, int length) {
    Random random = new Random(seed);
    float[] noise = new float[length];
    for (int i = 0; i < length; i++) {
      noise[i] = (random.nextFloat() - 0.5f) * 0.2f;
    }
    return noise;
  }
}
