package io.turnwise.inference.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.inference.calibration.Calibration;
import io.turnwise.inference.model.ShortInput.Padding;
import io.turnwise.testing.RepeatableNoise;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The raw waveform's contract, on a network of the shape of WavLM Large + RawNet. */
class WaveformContractTest {
  private static final int SEGMENT = 24_000;

  /** The length that WavLMRawNetSVBase was trained on: 2 s. */
  private static final int TRAINED = 32_000;

  private final WaveformFusion network = new WaveformFusion();

  @Test
  void shouldGiveTheReferencesEmbeddingOfASegment() {
    // Given
    float[] samples = sound(SEGMENT);

    // When
    float[] embedding;
    try (SpeakerEmbedder embedder =
        SpeakerEmbedder.open(model("samples", ShortInput.AS_IT_IS), SEGMENT)) {
      embedding = embedder.embed(samples, new boolean[0]);
    }

    // Then
    assertSame(network.embed(samples), embedding);
  }

  @ParameterizedTest
  @ValueSource(ints = {1_680, 20_000, 40_000})
  void shouldHandOnAStretchOfAnyLengthWhole(int length) {
    // Given
    float[] samples = sound(length);

    // When
    float[] embedding;
    try (SpeakerEmbedder embedder =
        SpeakerEmbedder.openForAnyLength(model("samples", ShortInput.AS_IT_IS))) {
      embedding = embedder.embed(samples, new boolean[0]);
    }

    // Then
    assertSame(network.embed(samples), embedding);
  }

  @ParameterizedTest
  @EnumSource(Padding.class)
  void shouldPadAShortStretchAsTheManifestSays(Padding padding) {
    // Given
    float[] samples = sound(SEGMENT);
    float[] padded = Arrays.copyOf(samples, TRAINED);
    if (padding == Padding.REPEAT) {
      System.arraycopy(samples, 0, padded, SEGMENT, TRAINED - SEGMENT);
    }
    Model model = model("samples", new ShortInput(TRAINED, padding));

    // When
    float[] fixed = embedOnce(SpeakerEmbedder.open(model, SEGMENT), samples);
    float[] any = embedOnce(SpeakerEmbedder.openForAnyLength(model), samples);

    // Then
    double[] expected = network.embed(padded);
    assertSame(expected, fixed);
    assertSame(expected, any);
    // and that is another embedding than without
    assertThrows(AssertionError.class, () -> assertSame(network.embed(samples), fixed));
  }

  @Test
  void shouldNotCutAStretchLongerThanTheLeast() {
    // Given
    float[] samples = sound(40_000);

    // When
    float[] embedding;
    try (SpeakerEmbedder embedder =
        SpeakerEmbedder.openForAnyLength(
            model("samples", new ShortInput(TRAINED, Padding.ZEROS)))) {
      embedding = embedder.embed(samples, new boolean[0]);
    }

    // Then
    assertSame(network.embed(samples), embedding);
  }

  @Test
  void shouldTakeAGraphOfOneLengthOnlyWhereTheManifestPads() {
    // Given a graph of exactly 2 s
    float[] samples = sound(SEGMENT);

    // Then
    UnusableModel refusal =
        assertThrows(
            UnusableModel.class,
            () -> SpeakerEmbedder.open(model(TRAINED, ShortInput.AS_IT_IS), SEGMENT).close());
    assertTrue(refusal.getMessage().contains("shortInput"), refusal.getMessage());
    try (SpeakerEmbedder embedder =
        SpeakerEmbedder.open(model(TRAINED, new ShortInput(TRAINED, Padding.ZEROS)), SEGMENT)) {
      assertSame(
          network.embed(Arrays.copyOf(samples, TRAINED)), embedder.embed(samples, new boolean[0]));
    }
  }

  @Test
  void shouldNotPadWhatIsTooShortToSayAnything() {
    try (SpeakerEmbedder embedder =
        SpeakerEmbedder.openForAnyLength(
            model("samples", new ShortInput(TRAINED, Padding.REPEAT)))) {
      EmbeddingFailed failure =
          assertThrows(EmbeddingFailed.class, () -> embedder.embed(sound(1_679), new boolean[0]));
      assertTrue(failure.getMessage().contains("8 frames"), failure.getMessage());
    }
  }

  @Test
  void shouldRepeatAsOftenAsItTakes() {
    assertEquals(
        "[1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0, 2.0]",
        Arrays.toString(new ShortInput(8, Padding.REPEAT).lengthen(new float[] {1, 2, 3})));
    assertEquals(
        "[1.0, 2.0, 3.0, 0.0, 0.0]",
        Arrays.toString(new ShortInput(5, Padding.ZEROS).lengthen(new float[] {1, 2, 3})));
  }

  private static float[] embedOnce(SpeakerEmbedder embedder, float[] samples) {
    try (embedder) {
      return embedder.embed(samples, new boolean[0]);
    }
  }

  private Model model(Object length, ShortInput shortInput) {
    return new Model(
        "fusion",
        "f",
        InputKind.WAVEFORM,
        0,
        WaveformFusion.DIMENSION,
        0.5f,
        network.file(length),
        shortInput,
        Calibration.none());
  }

  private static float[] sound(int length) {
    RepeatableNoise noise = new RepeatableNoise(9);
    float[] sound = new float[length];
    for (int i = 0; i < length; i++) {
      double buzz = 2 * (i * 130.0 / 16_000 % 1) - 1;
      sound[i] = (float) (0.3 * buzz * (1 + Math.sin(i / 3_000.0)) / 2 + 0.02 * noise.next());
    }
    return sound;
  }

  private static void assertSame(double[] expected, float[] embedding) {
    assertEquals(WaveformFusion.DIMENSION, embedding.length);
    double largest = Arrays.stream(expected).max().orElseThrow();
    assertTrue(largest > 0.1, "the reference gives numbers");
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], embedding[i], 2e-4 * largest, "value " + i);
    }
  }
}
