package io.turnwise.inference.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import io.turnwise.inference.features.Fbank;
import io.turnwise.testing.FilledGraph;
import io.turnwise.testing.OnnxBytes;
import io.turnwise.testing.RepeatableNoise;
import io.turnwise.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** pyannote's contract: the speech flags weigh the frames in the pooling, inside the graph. */
class PyannoteContractTest {
  private static final int SEGMENT = 24_000;
  private static final int FLAGS = SEGMENT / 160;
  private static final int BINS = 80;

  @Test
  void shouldGiveTheEmbeddingOfOneHalfWhenTheOtherIsNoSpeech() {
    // Given pyannote's pooling over the features themselves, and speech in the second half
    float[] samples = new RepeatableNoise(3).next(SEGMENT, 0.3);
    for (int i = SEGMENT / 2; i < SEGMENT; i++) {
      samples[i] *= (float) Math.sin(2 * Math.PI * 440 * i / 16_000);
    }
    boolean[] speech = new boolean[FLAGS];
    Arrays.fill(speech, FLAGS / 2, FLAGS, true);

    // When
    float[] embedding;
    try (SpeakerEmbedder embedder = SpeakerEmbedder.open(pooling(), SEGMENT)) {
      embedding = embedder.embed(samples, speech);
    }

    // Then it is the mean and the unbiased deviation of the frames of the second half
    float[] features = new Fbank().computeCentred(samples, 0, SEGMENT).values();
    assertPooled(Arrays.copyOfRange(features, FLAGS / 2 * BINS - BINS, features.length), embedding);
  }

  @Test
  void shouldGiveFrameByFrameTheFlagThatLiesNearest() {
    // Given flags that change often, in stretches of 40 ms and more
    float[] samples = new RepeatableNoise(4).next(SEGMENT, 0.3);
    boolean[] speech = new boolean[FLAGS];
    for (int i = 0; i < FLAGS; i++) {
      speech[i] = i * i / 50 % 3 != 0;
    }

    // When
    float[] embedding;
    try (SpeakerEmbedder embedder = SpeakerEmbedder.open(pooling(), SEGMENT)) {
      embedding = embedder.embed(samples, speech);
    }

    // Then 148 frames took flag floor(t x 150 / 148) of 150
    float[] features = new Fbank().computeCentred(samples, 0, SEGMENT).values();
    float[] taken = new float[features.length];
    int frames = 0;
    for (int t = 0; t < features.length / BINS; t++) {
      if (speech[t * FLAGS / 148]) {
        System.arraycopy(features, t * BINS, taken, frames++ * BINS, BINS);
      }
    }
    assertPooled(Arrays.copyOf(taken, frames * BINS), embedding);
  }

  @Test
  void shouldFailWhenThereIsNothingToWeigh() {
    try (SpeakerEmbedder embedder = SpeakerEmbedder.open(pooling(), SEGMENT)) {
      EmbeddingFailed failure =
          assertThrows(
              EmbeddingFailed.class,
              () -> embedder.embed(new RepeatableNoise(5).next(SEGMENT, 0.3), new boolean[FLAGS]));
      assertTrue(failure.getMessage().contains("hardly any speech"), failure.getMessage());
    }
  }

  @Test
  void shouldGiveTheReferencesNumbersOnPyannotesOwnGraph() throws Exception {
    // Given its graph with made-up weights, and speech in the first half
    byte[] file = filled();
    Contract contract = Contract.of(OnnxGraph.read(file));
    float[] features = new RepeatableNoise(1_000).next(148 * BINS, 2);
    float[] weights = new float[FLAGS];
    Arrays.fill(weights, 0, FLAGS / 2, 1);

    // When
    float[] embedding = run(file, contract, features, weights);

    // Then, by the same graph in double precision, node by node in PyTorch
    double[] expected = {
      -458.476248, 539.020548, -504.762871, 77.801808, -1071.889439, 972.829241,
      -70.028256, 1090.630607, 232.990479, -350.596823, 379.277347, 1338.895514
    };
    assertEquals(256, embedding.length);
    double norm = 0;
    for (float value : embedding) {
      norm += (double) value * value;
    }
    assertEquals(16_384.60888807869, Math.sqrt(norm), 0.2);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], embedding[i], 0.05, "value " + i);
    }
  }

  @Test
  void shouldNotHearWhatIsNoSpeechOnPyannotesOwnGraph() throws Exception {
    // Given speech in the first second of 4.4; one frame's network sees 112 frames to either side
    byte[] file = filled();
    Contract contract = Contract.of(OnnxGraph.read(file));
    float[] features = new RepeatableNoise(1_000).next(440 * BINS, 2);
    float[] weights = new float[440];
    Arrays.fill(weights, 0, 100, 1);
    float[] everywhere = new float[440];
    Arrays.fill(everywhere, 1);

    // When the rest is another sound
    float[] other = features.clone();
    float[] louder = new RepeatableNoise(1_001).next(other.length, 4);
    System.arraycopy(louder, 0, other, 240 * BINS, 200 * BINS);

    // Then only a model that hears everything hears it
    assertEquals(
        1,
        Cosine.of(run(file, contract, features, weights), run(file, contract, other, weights)),
        1e-6);
    assertTrue(
        Cosine.of(run(file, contract, features, everywhere), run(file, contract, other, everywhere))
            < 0.999);
  }

  private static float[] run(byte[] file, Contract contract, float[] features, float[] weights)
      throws OrtException {
    try (Network network = OnnxNetwork.open(file, contract, Map.of(), ExecutionProvider.CPU)) {
      return network.run(
          Acceleration.direct(features),
          new long[] {1, features.length / BINS, BINS},
          Acceleration.direct(weights),
          new long[] {1, weights.length});
    }
  }

  private static byte[] filled() throws IOException {
    byte[] file =
        FilledGraph.of(
            Files.readAllBytes(Shared.require("reference/wespeaker_resnet34_lm.graph_only.onnx")));
    SelfContained.require(file);
    return file;
  }

  /** pyannote's statistics pooling, as its export writes it, over the features. */
  private static Model pooling() {
    byte[] file =
        new OnnxBytes()
            .input("fbank", "batch", "num_frames", BINS)
            .input("weights", "batch", "num_weights")
            .output("embedding", "batch", 2 * BINS)
            .longs("one", 1)
            .longs("two", 2)
            .initializer("square", new int[] {1}, 2)
            .node("Transpose", "x", List.of("fbank"), "perm", new long[] {0, 2, 1})
            .node("Unsqueeze", "w1", "weights", "one")
            .node("Shape", "wb", List.of("w1"), "start", 0, "end", 2)
            .node("Shape", "frames", List.of("x"), "start", 2, "end", 3)
            .node("Concat", "size", List.of("wb", "frames"), "axis", 0)
            .node(
                "Resize",
                "w",
                List.of("w1", "", "", "size"),
                "mode",
                "nearest",
                "nearest_mode",
                "floor",
                "coordinate_transformation_mode",
                "asymmetric")
            .node("ReduceSum", "v1", List.of("w", "two"), "keepdims", 1)
            .node("Mul", "xw", "x", "w")
            .node("ReduceSum", "sum", List.of("xw", "two"), "keepdims", 1)
            .node("Div", "mean", "sum", "v1")
            .node("Sub", "d", "x", "mean")
            .node("Pow", "d2", "d", "square")
            .node("Pow", "w2", "w", "square")
            .node("ReduceSum", "v2", List.of("w2", "two"), "keepdims", 1)
            .node("Mul", "d2w", "d2", "w")
            .node("ReduceSum", "squares", List.of("d2w", "two"), "keepdims", 1)
            .node("Div", "ratio", "v2", "v1")
            .node("Sub", "freedom", "v1", "ratio")
            .node("Div", "variance", "squares", "freedom")
            .node("Sqrt", "deviation", "variance")
            .node("Concat", "both", List.of("mean", "deviation"), "axis", 1)
            .node("Squeeze", "embedding", "both", "two")
            .file();
    return new Model("pooling", "f", InputKind.FEATURES_AND_WEIGHTS, BINS, 2 * BINS, 0.5f, file);
  }

  private static void assertPooled(float[] frames, float[] embedding) {
    int count = frames.length / BINS;
    for (int bin = 0; bin < BINS; bin++) {
      double mean = 0;
      for (int t = 0; t < count; t++) {
        mean += frames[t * BINS + bin];
      }
      mean /= count;
      double squares = 0;
      for (int t = 0; t < count; t++) {
        squares += Math.pow(frames[t * BINS + bin] - mean, 2);
      }
      assertEquals(mean, embedding[bin], 1e-4, "mean of bin " + bin);
      assertEquals(
          Math.sqrt(squares / (count - 1)), embedding[BINS + bin], 1e-4, "deviation of bin " + bin);
    }
  }
}
