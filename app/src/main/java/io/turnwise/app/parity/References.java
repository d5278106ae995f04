package io.turnwise.app.parity;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.turnwise.app.CommandFailed;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.inference.features.Fbank;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What reference implementations made of excerpts of recordings: the shared data folder. */
final class References {
  private static final String VECTORS = "reference/fbank/vectors.json";

  private final Path shared;

  /**
   * @param shared the folder beside the project
   */
  References(Path shared) {
    this.shared = shared;
  }

  /**
   * One excerpt.
   *
   * @param recording the recording's path within the folder
   * @param start where it begins, in seconds
   * @param samples at 16 kHz
   * @param frames how many frames the reference makes of it
   * @param features the reference's, frames x bins
   * @param centred the same with each bin's mean subtracted
   * @param embeddings the reference runtime's raw embedding, by model
   */
  record Excerpt(
      String recording,
      double start,
      float[] samples,
      int frames,
      float[] features,
      float[] centred,
      SortedMap<String, float[]> embeddings) {}

  /** The file of a model that an excerpt names. */
  Path model(String name) {
    return shared.resolve("models").resolve(name + ".onnx");
  }

  /**
   * All excerpts, in their order.
   *
   * @throws CommandFailed if the folder does not hold them; says what is missing or wrong
   */
  List<Excerpt> excerpts() {
    Path file = shared.resolve(VECTORS);
    if (!Files.isRegularFile(file)) {
      throw new CommandFailed(
          "There is no " + file + "; name the folder with the reference data with --shared.");
    }
    try {
      JsonNode items = new JsonMapper().readTree(Files.readAllBytes(file)).path("items");
      List<Excerpt> excerpts = new ArrayList<>();
      for (JsonNode item : items) {
        excerpts.add(excerpt(file.getParent(), item));
      }
      if (excerpts.isEmpty()) {
        throw new CommandFailed(file + " lists no excerpt; restore it.");
      }
      return excerpts;
    } catch (JacksonException e) {
      throw new CommandFailed(file + " is wrong: " + e.getOriginalMessage() + "; restore it.", e);
    } catch (IOException e) {
      throw new CommandFailed(
          "The reference data beside " + file + " cannot be read (" + e + "); restore it.", e);
    }
  }

  private Excerpt excerpt(Path folder, JsonNode item) throws IOException {
    String recording = item.path("wav").asText();
    double start = item.path("start_s").asDouble();
    WavFile wav = WavFile.read(shared.resolve(recording));
    int from = (int) Math.round(start * Fbank.SAMPLE_RATE);
    int to = from + item.path("samples").asInt();
    if (wav.sampleRate() != Fbank.SAMPLE_RATE || wav.channels() != 1 || to > wav.frames()) {
      throw new CommandFailed(
          recording + " is not 16 kHz mono or ends before its excerpt does; restore it.");
    }
    float[] all = new float[wav.frames()];
    wav.encoding().decode(wav.data(), 0, all.length, all, 0);
    SortedMap<String, float[]> embeddings = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : item.properties()) {
      if (field.getValue().isArray()) {
        embeddings.put(field.getKey(), floats(field.getValue()));
      }
    }
    return new Excerpt(
        recording,
        start,
        Arrays.copyOfRange(all, from, to),
        item.path("frames").asInt(),
        floats(folder.resolve(item.path("fbank_knf_f32").asText())),
        floats(folder.resolve(item.path("fbank_cmn_f32").asText())),
        embeddings);
  }

  private static float[] floats(JsonNode numbers) {
    float[] values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(i).floatValue();
    }
    return values;
  }

  private static float[] floats(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }
}
