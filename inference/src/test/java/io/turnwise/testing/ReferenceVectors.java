package io.turnwise.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.turnwise.inference.audio.WavFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The reference implementations' outputs for excerpts of the shared audio. */
public final class ReferenceVectors {
  private final Path folder;
  private final JsonNode items;

  private ReferenceVectors(Path folder, JsonNode items) {
    this.folder = folder;
    this.items = items;
  }

  /** The test is skipped, visibly, where they are absent. */
  public static ReferenceVectors require() {
    Path json = Shared.require("reference/fbank/vectors.json");
    try {
      return new ReferenceVectors(
          json.getParent(), new JsonMapper().readTree(json.toFile()).get("items"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public List<Excerpt> excerpts() {
    List<Excerpt> excerpts = new ArrayList<>();
    items.forEach(item -> excerpts.add(new Excerpt(folder, item)));
    return excerpts;
  }

  /** One excerpt of one recording. */
  public record Excerpt(Path folder, JsonNode item) {
    /** The excerpt's samples, at 16 kHz. */
    public float[] samples() {
      WavFile wav = WavFile.read(Shared.require(item.get("wav").asText()));
      if (wav.sampleRate() != 16_000 || wav.channels() != 1) {
        throw new IllegalStateException(this + " is not 16 kHz mono");
      }
      float[] all = new float[wav.frames()];
      wav.encoding().decode(wav.data(), 0, all.length, all, 0);
      int from = (int) Math.round(item.get("start_s").asDouble() * 16_000);
      return Arrays.copyOfRange(all, from, from + item.get("samples").asInt());
    }

    public int frames() {
      return item.get("frames").asInt();
    }

    /** A file of little-endian float32 that the item's field names. */
    public float[] floats(String field) {
      try {
        ByteBuffer bytes =
            ByteBuffer.wrap(Files.readAllBytes(folder.resolve(item.get(field).asText())))
                .order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** A model's stored raw output. */
    public double[] embedding(String model) {
      JsonNode values = item.get(model);
      double[] embedding = new double[values.size()];
      for (int i = 0; i < embedding.length; i++) {
        embedding[i] = values.get(i).asDouble();
      }
      return embedding;
    }

    @Override
    public String toString() {
      return item.get("wav").asText() + " from " + item.get("start_s").asText() + " s";
    }
  }
}
