package io.turnwise.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.turnwise.testing.OnnxBytes;
import io.turnwise.testing.Shared;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTest {
  @TempDir private Path folder;
  private String before;

  @BeforeEach
  void nameTheInstallation() {
    before = System.getProperty("turnwise.home", "");
    System.setProperty("turnwise.home", Shared.projectRoot().toString());
  }

  @AfterEach
  void restoreTheInstallation() {
    System.setProperty("turnwise.home", before);
  }

  @Test
  void shouldMeasureTheShippedModelAndATwinMadeOfIt() throws Exception {
    // Given the shipped model

    // When
    CommandLineRun run = CommandLineRun.of("bench", "inference", "--seconds", "0.05", "--json");

    // Then: how fast is not the question here
    assertEquals(0, run.exitCode(), run.err());
    JsonNode json = new JsonMapper().readTree(run.out());
    assertEquals("turnwise-starter", json.get("model").asText());
    assertEquals(0.84, json.get("multiplyAdds").asLong() / 1e9, 0.01);
    for (String precision : new String[] {"float32", "int8"}) {
      assertTrue(json.at("/" + precision + "/segmentsPerSecond").asDouble() > 0, run.out());
      assertEquals(5, json.at("/" + precision + "/channelsPerCoreByHop").size(), run.out());
    }
    assertEquals(0, json.get("leftOut").size(), run.out());
  }

  @Test
  void shouldSayWhyThePeerIsLeftOut() {
    // Given: an installation without it
    System.setProperty("turnwise.home", folder.toString());
    Path model = Shared.projectRoot().resolve("models/turnwise-starter.onnx");

    // When
    CommandLineRun run =
        CommandLineRun.of(
            "bench",
            "inference",
            "--seconds",
            "0.02",
            "--sherpa",
            "--model",
            model,
            "--int8",
            model);

    // Then
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(
        run.out().contains("left out            the peer sherpa-onnx: sherpa-onnx-node is not"),
        run.out());
  }

  @Test
  void shouldRefuseATwinOfAnotherKind() throws Exception {
    // Given
    Path other = Files.write(folder.resolve("waveform.onnx"), OnnxBytes.waveform());

    // When
    CommandLineRun run = CommandLineRun.of("bench", "inference", "--int8", other);

    // Then
    assertEquals("exit 1, 0 characters, 1 lines", run.shape(), run.err());
    assertTrue(run.err().contains("--int8 names no twin: waveform takes"), run.err());
  }

  @Test
  void shouldReadTheTrialsBeforeItMeasures() {
    // Given: a time that nobody would wait for
    Path nowhere = folder.resolve("nowhere");

    // When
    CommandLineRun run =
        CommandLineRun.of("bench", "inference", "--seconds", "3600", "--trials", nowhere);

    // Then
    assertEquals("exit 1, 0 characters, 1 lines", run.shape(), run.err());
    assertTrue(run.err().contains("nowhere cannot be listed"), run.err());
  }

  @Test
  void shouldRefuseATimeThatIsNone() {
    // Given no time

    // When
    CommandLineRun run = CommandLineRun.of("bench", "inference", "--seconds", "0");

    // Then
    assertEquals("exit 2, 0 characters, 2 lines", run.shape(), run.err());
  }

  @Test
  void shouldNameTheShapesWhenAnUnknownOneIsWanted() {
    // Given an unknown shape

    // When
    CommandLineRun run = CommandLineRun.of("bench", "inference", "--shape", "round");

    // Then
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("resnet34"), run.err());
  }

  @Test
  void shouldCompareTheTrackerWithBothBaselinesOnTheSampleCall() throws Exception {
    // Given
    Path samples = Shared.projectRoot().resolve("samples");

    // When
    CommandLineRun run =
        CommandLineRun.of("bench", "tracking", "--audio", samples, "--rttm", samples, "--json");

    // Then: all heard the same speech
    assertEquals(0, run.exitCode(), run.err());
    JsonNode contenders = new JsonMapper().readTree(run.out()).get("contenders");
    assertEquals(3, contenders.size(), run.out());
    for (JsonNode contender : contenders) {
      assertEquals(contenders.get(0).get("miss"), contender.get("miss"), run.out());
      assertEquals(contenders.get(0).get("falseAlarm"), contender.get("falseAlarm"), run.out());
      assertTrue(contender.get("der").asDouble() < 0.5, run.out());
      assertTrue(contender.get("files").has("sample-call"), run.out());
    }
    JsonNode first = new JsonMapper().readTree(run.out()).get("firstPublished");
    assertEquals(contenders.get(2).get("miss"), first.get("miss"), run.out());
    assertTrue(first.get("confusion").asDouble() < 0.5, run.out());
  }

  @Test
  void shouldReportCallsOfTheLengthsThatAreWanted() throws Exception {
    // When
    CommandLineRun run =
        CommandLineRun.of(
            "bench",
            "long-calls",
            "--seconds",
            "60,120",
            "--dimension",
            16,
            "--speakers",
            2,
            "--json");

    // Then
    assertEquals(0, run.exitCode(), run.err());
    JsonNode calls = new JsonMapper().readTree(run.out()).get("calls");
    assertEquals(2, calls.size(), run.out());
    assertEquals(120, calls.get(1).get("seconds").asInt());
    assertTrue(calls.get(1).get("segments").asInt() > calls.get(0).get("segments").asInt());
    assertTrue(calls.get(0).get("stateBytes").asLong() > 0, run.out());
  }

  @Test
  void shouldRefuseACallWithoutAnybody() {
    // When
    CommandLineRun run = CommandLineRun.of("bench", "long-calls", "--speakers", "0");

    // Then
    assertEquals("exit 2, 0 characters, 2 lines", run.shape(), run.err());
    assertTrue(run.err().contains("--speakers: 0 is not 1 to 100"), run.err());
  }
}
