package io.turnwise.app.bench;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import io.turnwise.inference.model.Model;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * sherpa-onnx as its npm package gives it, in a process of its own that does one thing at a time:
 * the same network behind another front end. Thread-safe. Closed by whoever started it.
 */
final class Peer implements Contender, AutoCloseable {
  /** What was asked for cannot be had; the message is the reason, without a full stop. */
  static final class Absent extends Exception {
    private static final long serialVersionUID = 1L;

    Absent(String reason) {
      super(reason);
    }
  }

  static final String NAME = "sherpa-onnx";

  private static final String PACKAGE = "sherpa-onnx-node";
  private static final JsonMapper JSON = new JsonMapper();

  private final Process process;
  private final BufferedWriter questions;
  private final BufferedReader answers;
  private final Path model;
  private String version = "";

  private Peer(Process process, Path model) {
    this.process = process;
    this.model = model;
    questions = process.outputWriter(StandardCharsets.UTF_8);
    answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * Starts it on a model.
   *
   * @param folder holds the script and, below {@code node_modules}, the package
   * @param segment what it embeds when it is timed: 16 kHz samples
   * @throws Absent if Node.js, the package or one of the two's parts is not there, or it refuses
   *     the model
   */
  static Peer start(Path folder, Model model, float[] segment) throws Absent {
    Path modules = folder.resolve("node_modules");
    if (!Files.isDirectory(modules.resolve(PACKAGE))) {
      throw new Absent(
          PACKAGE
              + " is not installed below "
              + folder.toAbsolutePath().normalize()
              + "; run npm ci --ignore-scripts there");
    }
    try {
      Path file = Files.createTempFile("turnwise-peer-", ".onnx");
      try {
        Files.write(file, withMetadata(model));
        ProcessBuilder builder =
            new ProcessBuilder("node", "measure.js", file.toString())
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        // The package's own libraries lie beside its addon, where the loader does not look.
        builder.environment().put("LD_LIBRARY_PATH", libraries(modules));
        Peer peer = new Peer(builder.start(), file);
        try {
          peer.greet(segment);
          return peer;
        } catch (IllegalStateException e) {
          peer.close();
          throw new Absent("it does not start: " + e.getMessage());
        }
      } catch (Absent | IOException | RuntimeException e) {
        Files.deleteIfExists(file);
        throw e;
      }
    } catch (IOException e) {
      throw new Absent("Node.js cannot be started (" + e.getMessage() + "); install it");
    }
  }

  private static String libraries(Path modules) throws IOException {
    try (Stream<Path> all = Files.list(modules)) {
      return all.filter(path -> path.getFileName().toString().startsWith("sherpa-onnx-"))
          .map(path -> path.toAbsolutePath().normalize().toString())
          .sorted()
          .collect(Collectors.joining(File.pathSeparator));
    }
  }

  /** The keys that sherpa-onnx reads; without them it refuses the file. */
  static byte[] withMetadata(Model model) throws Absent {
    Map<String, String> keys = new LinkedHashMap<>();
    keys.put("framework", "wespeaker");
    keys.put("language", "English");
    keys.put("url", "none");
    keys.put("comment", "keys added by turnwise bench");
    keys.put("sample_rate", "16000");
    keys.put("output_dim", Integer.toString(model.dimension()));
    keys.put("normalize_samples", "0");
    // Not among the keys that WeSpeaker's exports have: without it the peer subtracts no mean.
    keys.put("feature_normalize_type", "global-mean");
    try {
      ModelProto.Builder file = ModelProto.parseFrom(model.bytes()).toBuilder();
      file.clearMetadataProps();
      keys.forEach(
          (key, value) ->
              file.addMetadataProps(
                  StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
      return file.build().toByteArray();
    } catch (InvalidProtocolBufferException e) {
      throw new Absent("the model is no ONNX file: " + e.getMessage());
    }
  }

  private void greet(float[] segment) {
    JsonNode greeting = answer();
    if (greeting.hasNonNull("error")) {
      throw new IllegalStateException(greeting.get("error").asText());
    }
    version = greeting.path("version").asText();
    ask("segment", "\"" + base64(segment) + "\"");
  }

  String version() {
    return version;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public double rate(long nanos) {
    JsonNode timed = ask("time", Double.toString(nanos / 1e6));
    return timed.get("count").asDouble() * 1e9 / timed.get("nanos").asDouble();
  }

  /** Embeds samples at 16 kHz. */
  float[] embed(float[] samples) {
    JsonNode values = ask("embed", "\"" + base64(samples) + "\"").get("embedding");
    float[] embedding = new float[values.size()];
    for (int i = 0; i < embedding.length; i++) {
      embedding[i] = (float) values.get(i).asDouble();
    }
    return embedding;
  }

  private static String base64(float[] samples) {
    ByteBuffer bytes =
        ByteBuffer.allocate(samples.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(samples);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private synchronized JsonNode ask(String question, String value) {
    try {
      questions.write("{\"" + question + "\":" + value + "}\n");
      questions.flush();
    } catch (IOException e) {
      throw new IllegalStateException(NAME + " ended before it was asked everything", e);
    }
    return answer();
  }

  private JsonNode answer() {
    try {
      String line = answers.readLine();
      if (line == null) {
        throw new IllegalStateException("its process ended without an answer");
      }
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new IllegalStateException("its answer cannot be read (" + e.getMessage() + ")", e);
    }
  }

  @Override
  public void close() {
    try {
      questions.close();
      if (!process.waitFor(2, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } finally {
      remove(model);
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      file.toFile().deleteOnExit();
    }
  }
}
