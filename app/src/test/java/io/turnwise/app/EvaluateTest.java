package io.turnwise.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.turnwise.testing.Shared;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluateTest {
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
  void shouldScoreBothLabellingsOfARecordingAndGiveTheSameTwice() throws Exception {
    // Given: the call that is shipped
    Path samples = Shared.projectRoot().resolve("samples");
    Object[] command = {
      "evaluate", "--audio", samples, "--rttm", samples, "--out", folder, "--json"
    };

    // When
    CommandLineRun first = CommandLineRun.of(command);
    CommandLineRun second = CommandLineRun.of(command);

    // Then
    assertEquals(0, first.exitCode(), first.err());
    assertEquals(first.out(), second.out());
    JsonNode json = new JsonMapper().readTree(first.out());
    assertEquals(2, json.at("/files/sample-call/refSpeakers").asInt());
    assertTrue(json.get("der").asDouble() < 0.5, first.out());
    assertTrue(json.at("/firstPublished/der").asDouble() < 0.5, first.out());
    assertTrue(json.get("eventsPerMinute").asDouble() > 0, first.out());
    assertTrue(json.at("/delay/firstWord/medianMillis").asLong() > 0, first.out());
    assertTrue(Files.size(folder.resolve("sample-call.rttm")) > 0);
    assertTrue(Files.size(folder.resolve("first-published/sample-call.rttm")) > 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-0.1", "Infinity", "NaN"})
  void shouldRefuseACollarThatIsNoTime(String collar) {
    for (String[] command : new String[][] {{"evaluate", "--out", "out"}, {"bench", "tracking"}}) {
      // When
      List<Object> line = new ArrayList<>(List.of(command));
      line.addAll(List.of("--audio", folder, "--rttm", folder, "--collar", collar));
      CommandLineRun run = CommandLineRun.of(line.toArray());

      // Then
      assertEquals("exit 1, 0 characters, 1 lines", run.shape(), run.err());
      assertTrue(run.err().contains("--collar is " + collar.replace(".0", "")), run.err());
    }
  }

  @Test
  void shouldWriteOneTableOfAllHops() throws Exception {
    // Given
    recording();
    Path page = folder.resolve("hop.md");

    // When
    CommandLineRun run =
        CommandLineRun.of("bench", "hops", "--audio", folder, "--rttm", folder, "--markdown", page);

    // Then
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(Files.readString(page), run.out());
    for (int hop : new int[] {250, 500, 750, 1000, 1500}) {
      assertTrue(run.out().contains("\n| telephone | " + hop + " ms | "), run.out());
    }
    String columns = "\\| telephone \\| 750 ms(?: \\| [^|]+){8} \\| [0-9.]+ ms \\| [0-9.]+ \\|";
    assertTrue(run.out().lines().anyMatch(line -> line.matches(columns)), run.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "first-published"})
  void shouldNotOverwriteTheReferences(String references) throws Exception {
    // Given
    recording();
    Path rttm = Files.createDirectories(folder.resolve("out").resolve(references));
    Path reference = Files.copy(folder.resolve("voice.rttm"), rttm.resolve("voice.rttm"));

    // When
    CommandLineRun run =
        CommandLineRun.of(
            "evaluate", "--audio", folder, "--rttm", rttm, "--out", folder.resolve("out"));

    // Then
    assertEquals("exit 1, 0 characters, 1 lines", run.shape(), run.err());
    assertTrue(run.err().contains("name another folder for --out"), run.err());
    assertEquals(Files.readString(folder.resolve("voice.rttm")), Files.readString(reference));
  }

  @Test
  void shouldRefuseAHopWhereAllAreRunAndAFolderWithoutItsReferences() {
    // Then
    assertEquals(
        "exit 2, 0 characters, 2 lines",
        CommandLineRun.of("bench", "hops", "--audio", folder, "--rttm", folder, "--hop", "500")
            .shape());
    assertEquals(
        "exit 2, 0 characters, 2 lines",
        CommandLineRun.of("bench", "hops", "--audio", folder, "--audio", folder, "--rttm", folder)
            .shape());
  }

  private void recording() throws Exception {
    Wav.writeVoice(folder.resolve("voice.wav"), 180, 1, 8_000, 4 * 8_000);
    Files.writeString(
        folder.resolve("voice.rttm"), "SPEAKER voice 1 0.0 4.0 <NA> <NA> A <NA> <NA>\n");
  }
}
