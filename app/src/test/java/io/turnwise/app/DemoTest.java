package io.turnwise.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.turnwise.testing.Shared;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DemoTest {
  @BeforeAll
  static void installHere() {
    System.setProperty("turnwise.home", Shared.projectRoot().toString());
  }

  @AfterAll
  static void uninstall() {
    System.clearProperty("turnwise.home");
  }

  @Test
  void shouldPlayTheSampleCallToItsEndAndPrintNothingButJsonOnStandardOutput() throws Exception {
    // When
    CommandLineRun run = CommandLineRun.of("demo", "--speed", "max", "--json");

    // Then
    assertEquals(0, run.exitCode(), run.err());
    List<String> lines = run.out().lines().toList();
    assertTrue(lines.size() >= 2, run.out());
    long revision = 0;
    for (String line : lines) {
      JsonNode change = new ObjectMapper().readTree(line);
      assertEquals("sample-call", change.get("call").asText());
      assertEquals(++revision, change.get("revision").asLong());
    }
    assertTrue(run.err().contains("; " + lines.size() + " events"), run.err());
    assertTrue(run.err().contains(": 2 speakers, "), run.err());
  }
}
