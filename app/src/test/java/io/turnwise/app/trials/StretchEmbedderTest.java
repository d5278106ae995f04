package io.turnwise.app.trials;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.inference.model.ProviderChoice;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.testing.Shared;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StretchEmbedderTest {
  @Test
  void shouldEmbedEachLengthWhereItWasOpened() {
    // Given
    try (StretchEmbedder embedder =
        new StretchEmbedder(
            List.of(),
            (samples, speech) -> new float[] {0},
            Map.of(
                16_000, (samples, speech) -> new float[] {1},
                24_000, (samples, speech) -> new float[] {1.5f}))) {
      // Then
      assertEquals(1, embedder.embed(new float[16_000], new boolean[100])[0]);
      assertEquals(1.5f, embedder.embed(new float[24_000], new boolean[150])[0]);
      assertEquals(0, embedder.embed(new float[20_000], new boolean[125])[0]);
    }
  }

  @Test
  void shouldGiveTheCpusEmbeddingsWhereAProviderFallsBack() {
    // Given: a provider this build of the runtime does not have
    Model model =
        new ModelCatalog(List.of(Shared.projectRoot().resolve("models")))
            .find(ModelCatalog.DEFAULT);
    float[] samples = new float[24_000];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (0.1 * Math.sin(i * i * 1e-5));
    }
    boolean[] speech = new boolean[150];
    Arrays.fill(speech, true);

    // When
    try (StretchEmbedder embedder =
            StretchEmbedder.open(
                model, ProviderChoice.TENSORRT, List.of(new Length(1.5), Length.WHOLE));
        SpeakerEmbedder cpu = SpeakerEmbedder.openForAnyLength(model)) {
      // Then
      assertArrayEquals(cpu.embed(samples, speech), embedder.embed(samples, speech), 1e-3f);
    }
  }
}
