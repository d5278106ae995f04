package io.turnwise.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.turnwise.testing.Shared;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The short form of the campaign; the long one is the command. */
class FuzzTest {
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
  void shouldFindNoDefectInTheReadersOfFilesAndRecords() throws Exception {
    // When
    JsonNode report =
        fuzz(
            "audio-chunks,speaker-embeddings,speaker-registry,wav,weights,manifest,calibration,onnx",
            400);

    // Then each was refused and taken, and in different ways
    for (JsonNode target : report.get("targets")) {
      assertEquals(400, target.get("cases").asLong(), target::toString);
      assertTrue(target.at("/outcomes/taken").asLong() > 0, target::toString);
      assertTrue(target.get("outcomes").size() > 1, target::toString);
      assertTrue(target.get("ends").asInt() > 2, target::toString);
    }
  }

  @Test
  void shouldLeaveTheNeighbourAloneAmongHostileRecords() throws Exception {
    // When
    JsonNode report = fuzz("calls,replayed-calls", 800);

    // Then
    for (JsonNode target : report.get("targets")) {
      assertEquals(800, target.get("cases").asLong(), target::toString);
      for (String reason : new String[] {"INVALID_FIELD", "UNDECODABLE", "TOO_MANY_CHANNELS"}) {
        assertTrue(target.at("/outcomes/" + reason).asLong() > 0, target::toString);
      }
    }
  }

  @Test
  void shouldMakeTheSameCasesOfTheSameSeed() throws Exception {
    assertEquals(
        fuzz("onnx", 500).at("/targets/0/outcomes"), fuzz("onnx", 500).at("/targets/0/outcomes"));
  }

  @Test
  void shouldNameTheTargetsWhenOneIsUnknown() {
    // When
    CommandLineRun run = CommandLineRun.of("bench", "fuzz", "--targets", "nothing");

    // Then
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("--targets: nothing is none of calls"), run.err());
  }

  private static JsonNode fuzz(String targets, int cases) throws Exception {
    long seed = 20261121;
    CommandLineRun run =
        CommandLineRun.of(
            "bench", "fuzz", "--targets", targets, "--cases", cases, "--seed", seed, "--json");
    assertEquals(0, run.exitCode(), () -> "seed " + seed + ": " + run.out() + run.err());
    return new JsonMapper().readTree(run.out());
  }
}
