package io.turnwise.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.turnwise.inference.calibration.CalibrationFile;
import io.turnwise.inference.model.KnownModel;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.inference.model.SpeakerEmbedder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedModelsTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("turnwise.root", "..")).resolve("models");
  private static final int SEGMENT = 24_000;

  static List<JsonNode> shipped() throws IOException {
    List<JsonNode> shipped = new ArrayList<>();
    for (JsonNode entry : manifest()) {
      if (entry.get("ships").asBoolean()) {
        shipped.add(entry);
      }
    }
    return shipped;
  }

  private static JsonNode manifest() throws IOException {
    return new JsonMapper().readTree(FOLDER.resolve("manifest.json").toFile()).get("models");
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void shouldBeTheFileTheManifestDescribes(JsonNode entry) throws IOException {
    // Given
    Path file = present(entry);

    // When
    Model model = new ModelCatalog(List.of(FOLDER)).find(entry.get("name").asText());

    // Then
    assertEquals(entry.get("sha256").asText(), model.fingerprint());
    assertEquals(entry.get("bytes").asLong(), Files.size(file));
    assertEquals(entry.get("dimension").asInt(), model.dimension());
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void shouldHaveALicenceAndACard(JsonNode entry) throws IOException {
    // Given
    present(entry);
    String name = entry.get("name").asText();

    // When
    Path card = FOLDER.resolve(name + ".md");

    // Then
    assertFalse(entry.get("licence").asText().isBlank(), name + " has no licence");
    assertTrue(Files.isRegularFile(card), name + " has no card " + card);
    assertTrue(Files.readString(card).contains(entry.get("licence").asText()), card + ": licence");
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void shouldEmbedASegmentInFiniteNumbers(JsonNode entry) {
    // Given
    present(entry);
    Model model = new ModelCatalog(List.of(FOLDER)).find(entry.get("name").asText());
    boolean[] speech = new boolean[SEGMENT / 160];
    Arrays.fill(speech, true);

    try (SpeakerEmbedder embedder = SpeakerEmbedder.open(model, SEGMENT)) {
      // When
      float[] noise = embedder.embed(noise(), speech);
      float[] silence = embedder.embed(new float[SEGMENT], speech);

      // Then: embed itself refuses what is not finite
      assertEquals(entry.get("dimension").asInt(), noise.length);
      assertFalse(Arrays.equals(noise, silence), "noise and silence have one embedding");
    }
  }

  @Test
  void shouldHaveTheCalibrationOfEachModelThatNamesOne() throws IOException {
    for (JsonNode entry : manifest()) {
      if (entry.has("calibration")) {
        // Given
        Path file = FOLDER.resolve(entry.get("calibration").asText());

        // When
        CalibrationFile calibration = CalibrationFile.read(Files.readAllBytes(file));

        // Then: it refuses other models itself
        calibration.of(entry.get("sha256").asText(), entry.get("dimension").asInt());
        assertEquals(entry.get("name").asText(), calibration.model());
        assertTrue(calibration.calibration().calibrated(), file + " has no ratios");
      }
    }
  }

  @Test
  void shouldListEveryModelFileOfTheFolder() throws IOException {
    // Given
    Set<String> listed = new TreeSet<>();
    shipped().forEach(entry -> listed.add(entry.get("file").asText()));

    // When
    try (Stream<Path> files = Files.list(FOLDER)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".onnx"))
          // Then
          .forEach(name -> assertTrue(listed.contains(name), name + " ships without an entry"));
    }
  }

  @Test
  void shouldKnowTheDigestOfEveryModelThatCanBeFetched() {
    // When
    List<KnownModel> fetched =
        new ModelCatalog(List.of(FOLDER))
            .known().stream().filter(model -> model.address().isPresent()).toList();

    // Then
    assertFalse(fetched.isEmpty(), "nothing can be fetched");
    for (KnownModel model : fetched) {
      assertFalse(model.sha256().isEmpty(), model.name() + " could not be verified");
    }
  }

  /** The entry's file; the test is skipped, visibly, while neither it nor its digest is there. */
  private static Path present(JsonNode entry) {
    Path file = FOLDER.resolve(entry.get("file").asText());
    assumeTrue(
        Files.exists(file) || !entry.get("sha256").asText().isEmpty(),
        () -> "skipped: " + file.getFileName() + " is not trained yet");
    return file;
  }

  private static float[] noise() {
    Random random = new Random(3);
    float[] noise = new float[SEGMENT];
    for (int i = 0; i < SEGMENT; i++) {
      noise[i] = (random.nextFloat() - 0.5f) * (i / 4000 % 2 == 0 ? 0.5f : 0.05f);
    }
    return noise;
  }
}
