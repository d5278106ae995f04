package io.turnwise.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.turnwise.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParityTest {
  private static final Path REPORT = Shared.projectRoot().resolve("docs/reference/parity.md");

  @TempDir private Path folder;

  @Test
  void shouldHoldAsTheCommittedReportSays() throws IOException {
    // Given
    Path shared = Shared.require("reference/fbank/vectors.json").resolve("../../..").normalize();
    Path out = folder.resolve("parity.md");

    // When
    CommandLineRun run = CommandLineRun.of("parity", "--shared", shared, "--out", out);

    // Then: the same excerpts, within the same limits; the last digits are the machine's
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(run.out(), Files.readString(out));
    assertEquals(excerpts(Files.readString(REPORT)), excerpts(run.out()));
    assertTrue(Files.readString(REPORT).contains("All hold: PASS"));
  }

  @Test
  void shouldFailWhereAReferenceDeviates() throws IOException {
    // Given: the first excerpt alone, its embedding turned round in one dimension
    Path shared = copyOfTheFirstExcerpt();
    Path vectors = shared.resolve("reference/fbank/vectors.json");
    ObjectNode root = (ObjectNode) new JsonMapper().readTree(vectors.toFile());
    ArrayNode embedding = (ArrayNode) root.at("/items/0/voxsv_feats");
    embedding.set(0, -embedding.get(0).floatValue());
    new JsonMapper().writeValue(vectors.toFile(), root);

    // When
    CommandLineRun run = CommandLineRun.of("parity", "--shared", shared);

    // Then
    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("no parity"), run.err());
    assertTrue(run.out().contains("Broken: FAIL"), run.out());
  }

  @Test
  void shouldFailWhereTheFeaturesDeviate() throws IOException {
    // Given
    Path shared = copyOfTheFirstExcerpt();
    Path features = shared.resolve("reference/fbank/ref00.fbank_knf.f32");
    byte[] bytes = Files.readAllBytes(features);
    bytes[2] ^= 0x20;
    Files.write(features, bytes);

    // Then
    assertEquals(1, CommandLineRun.of("parity", "--shared", shared).exitCode());
  }

  @Test
  void shouldTellInOneSentenceThatThereAreNoReferences() {
    // When
    CommandLineRun run = CommandLineRun.of("parity", "--shared", folder);

    // Then
    assertEquals("exit 1, 0 characters, 1 lines", run.shape(), run.err());
    assertTrue(run.err().contains("vectors.json"), run.err());
  }

  private static List<String> excerpts(String page) {
    return page.lines()
        .filter(line -> line.startsWith("| ") && line.contains(" from "))
        .map(line -> line.split("\\|")[1] + line.split("\\|")[2] + line.endsWith("| PASS |"))
        .toList();
  }

  private Path copyOfTheFirstExcerpt() throws IOException {
    Path from = Shared.require("reference/fbank/vectors.json").getParent();
    JsonNode root = new JsonMapper().readTree(from.resolve("vectors.json").toFile());
    JsonNode item = root.at("/items/0");
    ObjectNode one = new JsonMapper().createObjectNode();
    one.putArray("items").add(item);
    Path fbank = Files.createDirectories(folder.resolve("reference/fbank"));
    Files.writeString(fbank.resolve("vectors.json"), one.toString());
    for (String field : List.of("fbank_knf_f32", "fbank_cmn_f32")) {
      String name = item.get(field).asText();
      Files.write(fbank.resolve(name), Files.readAllBytes(from.resolve(name)));
    }
    for (String name :
        List.of(
            item.get("wav").asText(), "models/voxsv_feats.onnx", "models/voxsv_waveform.onnx")) {
      Path to = folder.resolve(name);
      Files.createDirectories(to.getParent());
      Files.write(to, Files.readAllBytes(Shared.require(name)));
    }
    return folder;
  }
}
