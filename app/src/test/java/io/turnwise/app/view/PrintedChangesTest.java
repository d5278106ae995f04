package io.turnwise.app.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DecisionKind;
import io.turnwise.avro.SpeakerChange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintedChangesTest {
  @Test
  void shouldSayWhenWhoHowSureAndWhoBefore() {
    String line =
        PrintedChanges.line(
            SampleChanges.of("call", 0, 2, 62_349, "S2", "S1", DecisionKind.MATCH),
            new Palette(false));

    assertEquals(
        "  1:02.3  S1          known voice   score  0.71   lead 0.25  after S2"
            + "  [call channel 0]",
        line);
  }

  @Test
  void shouldNotInventAScoreForTheFirstVoice() {
    String line =
        PrintedChanges.line(
            SampleChanges.of("call", 0, 1, 0, null, "S1", DecisionKind.NEW), new Palette(false));

    assertEquals("  0:00.0  S1          first voice                   [call channel 0]", line);
  }

  @Test
  void shouldNameNobodyWhereNobodyMayBeNamed() {
    String line =
        PrintedChanges.line(
            SampleChanges.of("call", 0, 1, 0, "S1", null, DecisionKind.UNKNOWN),
            new Palette(false));

    assertTrue(line.contains("unknown"), line);
  }

  @Test
  void shouldMarkWhatIsTentative() {
    // Given
    SpeakerChange tentative =
        SampleChanges.builder("call", 0, 1, 6_800, "S1", "S2", DecisionKind.NEW)
            .setTentative(true)
            .build();

    // When
    String plain = PrintedChanges.line(tentative, new Palette(false));
    String coloured = PrintedChanges.line(tentative, new Palette(true));

    // Then
    assertEquals(
        "  0:06.8  S2?         first voice                   after S1  [call channel 0]", plain);
    assertTrue(coloured.contains("\u001b[32mS2?       \u001b[0m"), coloured);
    assertFalse(coloured.contains("\u001b[1m"), "tentative, and as bold as what is not");
  }

  @Test
  void shouldTellTheCalibratedRatioWhereThereIsOne() {
    // Given
    SpeakerChange calibrated =
        SampleChanges.builder("call", 0, 1, 0, "S1", "agent-7", DecisionKind.MATCH)
            .setLogLikelihoodRatio(4.25f)
            .build();

    // When
    String line = PrintedChanges.line(calibrated, new Palette(false));

    // Then
    assertTrue(line.contains("known voice   score  0.71   llr   4.3  after S1"), line);
  }

  @Test
  void shouldGiveNobodyNoColourOfAVoice() {
    // Given
    Palette palette = new Palette(true);

    // When
    String nobody =
        PrintedChanges.line(
            SampleChanges.of("call", 0, 1, 0, "S1", null, DecisionKind.INCONCLUSIVE), palette);
    String first =
        PrintedChanges.line(
            SampleChanges.of("call", 0, 2, 0, null, "S1", DecisionKind.MATCH), palette);

    // Then
    assertTrue(nobody.contains("\u001b[2munknown   \u001b[0m"), nobody);
    assertTrue(first.contains("\u001b[32mS1"), first);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "REASSIGNED | S2   | S1 | 0:05.0  S2          reassigned    until 0:09.3    was S1"
            + "  [call channel 1]",
        "REASSIGNED |      | S1 | 0:05.0  unknown     reassigned    until 0:09.3    was S1"
            + "  [call channel 1]",
        "REASSIGNED | S2   |    | 0:05.0  S2          reassigned    until 0:09.3    was unknown"
            + "  [call channel 1]",
        "MERGED     | S1   | S3 | 0:05.0  S1          merged        one voice with S3"
            + "  [call all channels]",
        "CONFIRMED  | S1   |    | 0:05.0  S1          confirmed                   "
            + "  [call channel 1]",
        "RETIRED    | S1   |    | 0:05.0  S1          retired       not heard of again"
            + "  [call channel 1]",
        "OTHER      | S1   |    | 0:05.0  S1          of a type newer than this   "
            + "  [call channel 1]"
      })
  void shouldSayInOneLineWhatEachTypeDoes(
      ChangeType type, String speaker, String previous, String expected) {
    // Given
    SpeakerChange event =
        SampleChanges.builder("call", 1, 4, 5_000, previous, speaker, DecisionKind.MATCH)
            .setType(type)
            .setUntilMillis(type == ChangeType.REASSIGNED ? 9_300L : null)
            .build();

    // When
    String line = PrintedChanges.line(event, new Palette(false));

    // Then
    assertEquals(expected, line.strip());
  }

  @Test
  void shouldKeepTheTerminalFromObeyingIds() {
    // Given
    SpeakerChange event =
        SampleChanges.of("call\n2", 0, 1, 0, "a\u202eb", "\u001b[2Jagent", DecisionKind.MATCH);

    // When
    String line = PrintedChanges.line(event, new Palette(false));

    // Then
    assertTrue(line.contains("?[2Jagent"), line);
    assertTrue(line.contains("after a?b"), line);
    assertTrue(line.contains("[call?2 channel 0]"), line);
    assertFalse(line.chars().anyMatch(Character::isISOControl), line);
  }

  @Test
  void shouldKeepAVoicesColourWithinItsCall() {
    // Given
    Palette palette = new Palette(true);

    // When
    String first = palette.voice("call", "S1", "x");
    String second = palette.voice("call", "S2", "x");

    // Then
    assertEquals("\u001b[32mx\u001b[0m", first);
    assertEquals("\u001b[33mx\u001b[0m", second);
    assertEquals(first, palette.voice("call", "S1", "x"));
    assertEquals(first, palette.voice("other call", "S9", "x"));
  }
}
