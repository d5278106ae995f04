package io.turnwise.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.turnwise.inference.model.InferenceRuntime;
import io.turnwise.testing.OnnxBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckTest {
  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void writeAModel() throws IOException {
    model = Files.write(folder.resolve("tiny.onnx"), OnnxBytes.features());
  }

  @Test
  void shouldSayHowARunWillRun() {
    // When
    CommandLineRun run = CommandLineRun.of("check", "--model", model, "--provider", "cpu");

    // Then
    assertEquals(0, run.exitCode(), run.out() + run.err());
    assertEquals("", run.err());
    for (String subject :
        new String[] {
          "java", "machine", "onnx runtime", "models folders", "model", "speech gate"
        }) {
      assertTrue(run.out().contains("ok       " + subject + " "), run.out());
    }
    assertTrue(run.out().contains("requested cpu, used cpu: as asked for"), run.out());
    assertTrue(run.out().contains("ms for 1.5 s of audio"), run.out());
  }

  @Test
  void shouldFailWhenTheProviderAskedForGivesWay() throws IOException {
    Assumptions.assumeFalse(
        InferenceRuntime.present().providers().contains("CUDA"), "the GPU's runtime");

    // When
    CommandLineRun run =
        CommandLineRun.of("check", "--model", model, "--provider", "cuda", "--json");

    // Then
    assertEquals(1, run.exitCode(), run.out());
    JsonNode json = new JsonMapper().readTree(run.out());
    assertFalse(json.get("ok").asBoolean());
    assertEquals("cuda", json.get("provider").get("requested").asText());
    assertEquals("cuda", json.get("provider").get("tried").asText());
    assertEquals("cpu", json.get("provider").get("used").asText());
    assertEquals("REFUSED", json.get("provider").get("outcome").asText());
    assertTrue(json.get("provider").get("agreement").isNull());
    assertTrue(json.get("segmentMillis").asDouble() > 0, run.out());
    assertEquals("failed", finding(json, "provider").get("state").asText());
    assertEquals("ok", finding(json, "model").get("state").asText());
  }

  @Test
  void shouldFailWhenThereIsNoSuchModel() throws IOException {
    // When
    CommandLineRun run = CommandLineRun.of("check", "--model", "nobody-trained-it", "--json");

    // Then
    assertEquals(1, run.exitCode());
    JsonNode json = new JsonMapper().readTree(run.out());
    assertEquals("failed", finding(json, "model").get("state").asText());
    assertTrue(json.get("provider").isNull());
    assertTrue(json.get("segmentMillis").isNull());
  }

  @Test
  void shouldFailWhenTheModelGivesNoNumbers() throws IOException {
    // Given
    Path broken = Files.write(folder.resolve("broken.onnx"), OnnxBytes.notANumber());

    // When
    CommandLineRun run = CommandLineRun.of("check", "--model", broken);

    // Then
    assertEquals(1, run.exitCode());
    assertTrue(run.out().contains("not finite"), run.out());
  }

  @Test
  void shouldFailWhenTheGateIsNoNetwork() {
    CommandLineRun run = CommandLineRun.of("check", "--model", model, "--gate", "silero:" + model);

    assertEquals(1, run.exitCode());
    assertTrue(run.out().contains("failed   speech gate"), run.out());
  }

  @Test
  void shouldTakeTheSettingsOfAFileAndLookAtItsRegistry() throws IOException {
    // Given a registry within this process, and no cluster
    Path config =
        Files.writeString(
            folder.resolve("a.properties"),
            "schema.registry.url=mock://check\nturnwise.model="
                + model
                + "\nturnwise.provider=cpu\n");

    // When
    CommandLineRun run = CommandLineRun.of("check", "--config", config, "--json");

    // Then
    assertEquals(1, run.exitCode());
    JsonNode json = new JsonMapper().readTree(run.out());
    assertEquals("cpu", json.get("provider").get("requested").asText());
    assertTrue(finding(json, "model").get("detail").asText().contains("tiny"), run.out());
    assertTrue(
        finding(json, "cluster").get("detail").asText().contains("bootstrap.servers is missing"),
        run.out());
    assertEquals("ok", finding(json, "schema registry").get("state").asText(), run.out());
  }

  @Test
  void shouldRefuseAProviderThatIsNone() {
    assertEquals(2, CommandLineRun.of("check", "--provider", "gpu").exitCode());
    assertEquals(
        2,
        CommandLineRun.of("embed", "a.wav", "--start", 0, "--duration", 1, "--provider", "gpu")
            .exitCode());
  }

  @Test
  void shouldSoakAndPrintWhatTheProcessHolds() {
    // When
    CommandLineRun run =
        CommandLineRun.of("soak", "--model", model, "--runs", 40, "--limit", 1_000_000);

    // Then
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().startsWith("model tiny, 40 runs\nRSS after 20 runs: "), run.out());
    assertTrue(run.out().contains("RSS at the end: "), run.out());
  }

  @Test
  void shouldFailWhenTheProcessGrewTooMuch() {
    Assumptions.assumeTrue(Files.isReadable(Path.of("/proc/self/status")), "no Linux");

    // When growth of any size is too much, even less than none
    CommandLineRun run =
        CommandLineRun.of("soak", "--model", model, "--runs", 40, "--limit", "-100");

    // Then
    assertEquals(1, run.exitCode());
    assertTrue(run.out().contains("above the limit"), run.out());
  }

  @Test
  void shouldRefuseALimitThatNoGrowthIsAbove() {
    CommandLineRun run =
        CommandLineRun.of("soak", "--model", model, "--runs", 40, "--limit", "NaN");

    assertEquals("exit 1, 0 characters, 1 lines", run.shape(), run.err());
  }

  private static JsonNode finding(JsonNode json, String subject) {
    for (JsonNode finding : json.get("findings")) {
      if (finding.get("subject").asText().equals(subject)) {
        return finding;
      }
    }
    throw new AssertionError("no finding on " + subject + " in " + json);
  }
}
