package io.turnwise.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.turnwise.testing.Shared;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The short form of {@code bench faults}: three brokers, two application instances and a registry
 * in processes of their own; an instance is killed, a broker is killed, the registry is away.
 */
class FaultCampaignTest {
  @TempDir private Path folder;
  private String before;

  @BeforeEach
  void setHome() {
    before = System.getProperty("turnwise.home", "");
    System.setProperty("turnwise.home", Shared.projectRoot().toString());
  }

  @AfterEach
  void resetHome() {
    System.setProperty("turnwise.home", before);
  }

  @Test
  void shouldPutOutTheSameBytesWhenAnInstanceABrokerOrTheRegistryDies() {
    // Given
    Path registry = Shared.projectRoot().resolve("serdes/target/apicurio");
    assumeTrue(
        Files.isDirectory(registry),
        () -> "skipped: the build of serdes has not unpacked the registry server to " + registry);

    // When
    CommandLineRun run =
        CommandLineRun.of("bench", "faults", "--short", "--json", "--out", folder.toString());

    // Then
    List<String> lines = run.out().lines().toList();
    assertEquals(0, run.exitCode(), run.out() + run.err());
    assertEquals(4, lines.size(), run.out());
    List<String> kinds = List.of("kill-instance", "kill-leader", "registry-outage");
    for (int i = 0; i < kinds.size(); i++) {
      String line = lines.get(i);
      assertTrue(line.contains("\"kind\":\"" + kinds.get(i) + "\""), line);
      assertTrue(line.contains(" killed"), line);
      assertTrue(line.contains("\"tried\":true"), line);
      assertTrue(line.contains("\"gapMillis\":{\"" + kinds.get(i) + "\":"), line);
    }
    assertTrue(
        lines.get(3).startsWith("{\"campaigns\":3,\"lost\":0,\"duplicated\":0,\"maxGapMillis\":"),
        lines.get(3));
    assertTrue(lines.get(3).contains("\"byteEqual\":3"), lines.get(3));
  }

  @Test
  void shouldSayHowToGetTheRegistryServerWhenItIsMissing() {
    // When
    CommandLineRun run =
        CommandLineRun.of("bench", "faults", "--registry-home", folder.resolve("nothing"));

    // Then
    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("--registry-home"), run.err());
    assertTrue(run.err().contains("generate-test-resources"), run.err());
  }

  @Test
  void shouldRefuseTheShortFormWithKindsOfItsOwn() {
    // When
    CommandLineRun run = CommandLineRun.of("bench", "faults", "--short", "--kinds", "zombie");

    // Then
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("--kinds: --short has three campaigns of its own"), run.err());
  }

  @Test
  void shouldNameTheKindsWhenOneIsUnknown() {
    // When
    CommandLineRun run =
        CommandLineRun.of("bench", "faults", "--kinds", "kill-instance,earthquake");

    // Then
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("'earthquake' is not one of [kill-instance, "), run.err());
  }
}
