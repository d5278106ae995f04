package io.turnwise.conversion.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.turnwise.conversion.resnet.ResNet34;
import io.turnwise.inference.features.Features;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.testing.OnnxBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MultiplyAddsTest {
  @TempDir private Path folder;

  @Test
  void shouldCountConvolutionsAndLinearLayers() throws IOException {
    // Given
    Model tiny = model(TinyResNet.of().build().toByteArray());

    // When
    long counted = MultiplyAdds.of(tiny, features(16));

    // Then
    long wide = 80 * 16;
    long half = 40 * 8;
    long quarter = 20 * 4;
    assertEquals(
        wide * 8 * 9
            + 2 * wide * 8 * 8 * 9
            + half * 16 * (8 * 9 + 16 * 9 + 8)
            + quarter * 16 * 16 * 9
            + 24 * 16 * 20,
        counted);
  }

  @Test
  void shouldKnowWhatResNet34Takes() throws IOException {
    // Given: the shape of ResNet34-LM, whose 1.5 s segment is published as 6.7 GFLOP
    Model resNet34 = model(ResNet34.random(32, 256, 1).toOnnx());

    // When
    long counted = MultiplyAdds.of(resNet34, features(148));

    // Then
    assertEquals(6.7, 2 * counted / 1e9, 0.05);
  }

  @Test
  void shouldRefuseAWaveformModel() throws IOException {
    // Given
    Model waveform = model(OnnxBytes.waveform());

    // When
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> MultiplyAdds.of(waveform, features(148)));

    // Then
    assertEquals("model: model takes no features", refused.getMessage());
  }

  private Model model(byte[] file) throws IOException {
    Path path = Files.write(folder.resolve("model.onnx"), file);
    return new ModelCatalog(List.of()).find(path.toString());
  }

  private static Features features(int frames) {
    return new Features(new float[frames * 80], frames, 80);
  }
}
