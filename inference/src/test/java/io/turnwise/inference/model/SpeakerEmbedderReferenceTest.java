package io.turnwise.inference.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.testing.ReferenceVectors;
import io.turnwise.testing.ReferenceVectors.Excerpt;
import io.turnwise.testing.Shared;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpeakerEmbedderReferenceTest {
  private static final double LEAST_COSINE = 0.99999;

  @ParameterizedTest
  @ValueSource(strings = {"voxsv_feats", "voxsv_waveform"})
  void shouldGiveTheStoredEmbeddingOfEveryExcerpt(String name) {
    Path folder = Shared.require("models/" + name + ".onnx").getParent();
    ModelCatalog catalog =
        new ModelCatalog(List.of(Shared.projectRoot().resolve("models"), folder));
    Model model = catalog.find(name.replace('_', '-'));
    try (SpeakerEmbedder any = SpeakerEmbedder.openForAnyLength(model)) {
      for (Excerpt excerpt : ReferenceVectors.require().excerpts()) {
        // Given
        float[] samples = excerpt.samples();

        // When
        float[] free = any.embed(samples, new boolean[samples.length / 160]);
        float[] fixed;
        try (SpeakerEmbedder embedder = SpeakerEmbedder.open(model, samples.length)) {
          fixed = embedder.embed(samples, new boolean[samples.length / 160]);
        }

        // Then
        double[] stored = excerpt.embedding(name);
        assertEquals(stored.length, model.dimension());
        assertTrue(cosine(stored, free) >= LEAST_COSINE, excerpt::toString);
        assertTrue(cosine(stored, fixed) >= LEAST_COSINE, excerpt::toString);
        assertEquals(norm(stored), norm(free), norm(stored) * 1e-3, excerpt::toString);
      }
    }
  }

  private static double cosine(double[] a, float[] b) {
    double dot = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      bb += (double) b[i] * b[i];
    }
    return dot / norm(a) / Math.sqrt(bb);
  }

  private static double norm(double[] a) {
    double sum = 0;
    for (double value : a) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  private static double norm(float[] a) {
    double sum = 0;
    for (float value : a) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }
}
