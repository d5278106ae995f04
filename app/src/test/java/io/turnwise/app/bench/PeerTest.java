package io.turnwise.app.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.testing.OnnxBytes;
import io.turnwise.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerTest {
  @TempDir private Path folder;

  @Test
  void shouldSayHowToInstallThePackageWhenItIsNotThere() throws IOException {
    // Given
    Model model = model(OnnxBytes.features());

    // When
    Peer.Absent absent =
        assertThrows(Peer.Absent.class, () -> Peer.start(folder, model, new float[24_000]));

    // Then
    assertEquals(
        "sherpa-onnx-node is not installed below "
            + folder.toAbsolutePath().normalize()
            + "; run npm ci --ignore-scripts there",
        absent.getMessage());
  }

  @Test
  void shouldSayWhatItSaysWhenItDoesNotStart() throws IOException {
    // Given: a script that fails as the real one does
    requireNode();
    Files.createDirectories(folder.resolve("node_modules/sherpa-onnx-node"));
    Files.writeString(
        folder.resolve("measure.js"), "console.log(JSON.stringify({error: 'no such key'}))");
    Model model = model(OnnxBytes.features());

    // When
    Peer.Absent absent =
        assertThrows(Peer.Absent.class, () -> Peer.start(folder, model, new float[24_000]));

    // Then
    assertEquals("it does not start: no such key", absent.getMessage());
  }

  @Test
  void shouldAskAndUnderstand() throws Exception {
    // Given: a peer that counts and echoes
    requireNode();
    Files.createDirectories(folder.resolve("node_modules/sherpa-onnx-node"));
    Files.writeString(
        folder.resolve("measure.js"),
        """
        const say = (answer) => console.log(JSON.stringify(answer));
        say({version: '9.9', dimension: 2});
        require('readline').createInterface({input: process.stdin}).on('line', (line) => {
          const asked = JSON.parse(line);
          if (asked.segment) say({samples: 1});
          if (asked.time) say({count: asked.time, nanos: 1e9});
          if (asked.embed) {
            const bytes = Buffer.from(asked.embed, 'base64');
            say({embedding: [bytes.readFloatLE(0), bytes.readFloatLE(4)]});
          }
        });
        """);

    // When
    float[] embedding;
    double rate;
    String version;
    try (Peer peer = Peer.start(folder, model(OnnxBytes.features()), new float[2])) {
      embedding = peer.embed(new float[] {0.25f, -3});
      rate = peer.rate(7_000_000);
      version = peer.version();
    }

    // Then
    assertArrayEquals(new float[] {0.25f, -3}, embedding);
    assertEquals(7, rate);
    assertEquals("9.9", version);
  }

  @Test
  void shouldEmbedWithTheRealPackage() throws Exception {
    // Given
    requireNode();
    Path real = Shared.projectRoot().resolve("bench/peer");
    assumeTrue(
        Files.isDirectory(real.resolve("node_modules/sherpa-onnx-node")),
        () -> "skipped: npm ci --ignore-scripts was not run in " + real);
    Path starter = Shared.projectRoot().resolve("models/turnwise-starter.onnx");
    Model model = new ModelCatalog(List.of()).find(starter.toString());
    float[] sound = Sound.of(16_000, 1.5, 1);

    // When
    float[] embedding;
    double rate;
    try (Peer peer = Peer.start(real, model, sound)) {
      embedding = peer.embed(sound);
      rate = peer.rate(1_000_000);
    }

    // Then
    assertEquals(256, embedding.length);
    assertTrue(rate > 0);
  }

  @Test
  void shouldGiveTheFileTheKeysThatItWants() throws Exception {
    // Given
    byte[] file =
        new OnnxBytes()
            .input("feats", "B", "T", 80)
            .output("embs", "B", 80)
            .reduce("ReduceMax", "feats", "embs", false)
            .metadata("framework", "another")
            .file();

    // When
    ModelProto written = ModelProto.parseFrom(Peer.withMetadata(model(file)));

    // Then
    Map<String, String> keys =
        written.getMetadataPropsList().stream()
            .collect(
                Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
    assertEquals("wespeaker", keys.get("framework"));
    assertEquals("16000", keys.get("sample_rate"));
    assertEquals("80", keys.get("output_dim"));
    assertEquals("0", keys.get("normalize_samples"));
    assertTrue(keys.keySet().containsAll(List.of("language", "url", "comment")));
  }

  private Model model(byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("model.onnx"), bytes);
    return new ModelCatalog(List.of()).find(file.toString());
  }

  private static void requireNode() {
    try {
      assumeTrue(new ProcessBuilder("node", "--version").start().waitFor() == 0);
    } catch (IOException | InterruptedException e) {
      assumeTrue(false, "skipped: Node.js is not on this machine");
    }
  }
}
