package io.turnwise.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.turnwise.app.connect.SettingsFile;
import io.turnwise.testing.Shared;
import io.turnwise.topology.TurnwiseSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TuneTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private Path calls;
  private String before;

  @BeforeEach
  void takeTheModelsOfTheProject() {
    before = System.getProperty("turnwise.home", "");
    System.setProperty("turnwise.home", Shared.projectRoot().toString());
  }

  @AfterEach
  void takeTheUsualModels() {
    System.setProperty("turnwise.home", before);
  }

  @BeforeEach
  void layOutTheSampleCallTwice() throws Exception {
    calls = Files.createDirectory(folder.resolve("calls"));
    Path samples = Shared.projectRoot().resolve("samples");
    for (String name : new String[] {"first", "second"}) {
      Files.copy(samples.resolve("sample-call.wav"), calls.resolve(name + ".wav"));
      Files.copy(samples.resolve("sample-call.rttm"), calls.resolve(name + ".rttm"));
    }
  }

  @Test
  void shouldGiveTheSameBytesAgainAndAFileThatARunReads() throws Exception {
    // Given
    Path file = folder.resolve("tuned.properties");
    Object[] arguments = {
      "tune",
      "--audio",
      calls,
      "--rttm",
      calls,
      "--hop",
      "1500",
      "--set",
      "turnwise.threshold=0.2,0.9",
      "--set",
      "turnwise.speech.min.ms=500,1400",
      "--out",
      file
    };

    // When
    CommandLineRun first = CommandLineRun.of(arguments);
    String written = Files.readString(file);
    CommandLineRun again = CommandLineRun.of(arguments);

    // Then
    assertEquals(0, first.exitCode(), first.err());
    assertEquals(first, again);
    assertEquals(written, Files.readString(file));
    // A head, four combinations, the settings as they are, an empty line, four lines of summary.
    assertEquals(11, first.out().lines().count(), first.out());
    Map<String, String> settings = SettingsFile.read(file);
    assertEquals("1500", settings.get(TurnwiseSettings.HOP));
    assertEquals(1500, TurnwiseSettings.of(settings).hopMillis());
    assertTrue(TurnwiseSettings.of(settings).threshold().isPresent(), written);
    assertTrue(written.startsWith("# turnwise tune, by der on 2 recordings"), written);
  }

  @Test
  void shouldSearchTheTrackersNumbersWhenNoneAreNamed() throws Exception {
    // When
    CommandLineRun run =
        CommandLineRun.of(
            "tune",
            "--audio",
            calls,
            "--rttm",
            calls,
            "--hop",
            "1500",
            "--trials",
            "4",
            "--objective",
            "confusion",
            "--json");

    // Then
    assertEquals(0, run.exitCode(), run.err());
    JsonNode report = JSON.readTree(run.out());
    assertEquals(4, report.get("trials").size());
    assertEquals(2, report.get("recordings").asInt());
    double best = report.get("best").get("confusion").asDouble();
    assertTrue(best <= report.get("unchanged").get("confusion").asDouble(), run.out());
    // Both recordings are the same, so the best of one is that of the other.
    assertEquals(best, report.get("leftOut").get("confusion").asDouble(), run.out());
    for (JsonNode trial : report.get("trials")) {
      assertTrue(best <= trial.get("confusion").asDouble(), run.out());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "turnwise.treshold=0.5 | no setting that says who speaks",
        "turnwise.forget.ms=1000 | no setting that says who speaks",
        "turnwise.threshold | a value is missing",
        "turnwise.threshold=0.5,,0.6 | a value is missing",
        "turnwise.threshold=0.5,0.5 | twice",
        "turnwise.threshold=2 | between -1 and 1",
        "turnwise.hop.ms=500,505 | multiple of 10"
      })
  void shouldTellWhatIsWrongWithAValueBeforeAnyWork(String set, String part) {
    assertMisuse(part, "--set", set);
  }

  @Test
  void shouldTellMisuse() {
    assertMisuse("1 or more", "--trials", "0");
    assertMisuse("neither der nor confusion", "--objective", "jer");
    assertMisuse("drop one", "--threshold", "0.5", "--set", "turnwise.threshold=0.4");
    assertMisuse(
        "names turnwise.threshold twice",
        "--set",
        "turnwise.threshold=0.4",
        "--set",
        "turnwise.threshold=0.5");
  }

  @Test
  void shouldTellThatAReferenceIsMissing() throws Exception {
    // Given
    Files.delete(calls.resolve("second.rttm"));

    // When
    CommandLineRun run = tune("--set", "turnwise.threshold=0.4");

    // Then
    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("has no second.rttm"), run.err());
  }

  @Test
  void shouldTellBeforeAnyWorkThatTheSettingsCannotBeWritten() {
    // When
    CommandLineRun run = tune("--out", folder.resolve("none").resolve("tuned.properties"));

    // Then
    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("name another --out"), run.err());
    assertFalse(run.err().contains("unexpected"), run.err());
  }

  private CommandLineRun tune(Object... more) {
    Object[] arguments = new Object[5 + more.length];
    System.arraycopy(new Object[] {"tune", "--audio", calls, "--rttm", calls}, 0, arguments, 0, 5);
    System.arraycopy(more, 0, arguments, 5, more.length);
    return CommandLineRun.of(arguments);
  }

  private void assertMisuse(String part, Object... more) {
    CommandLineRun run = tune(more);

    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains(part), run.err());
  }
}
